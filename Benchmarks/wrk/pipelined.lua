-- Sixteen requests in one write.
init = function()
    local requests = {}
    for index = 1, 16 do requests[index] = wrk.format() end
    request = function() return table.concat(requests) end
end
