-- Busy workers: each request completes the sixteen tasks that one before it has got, and claims sixteen.
wrk.method = "POST"
wrk.path = "/tasks/work"
wrk.headers["Authorization"] = "Bearer secret-worker-123"
wrk.headers["Content-Type"] = "application/json"

local held = {}

request = function()
    local complete = table.remove(held) or ""
    return wrk.format(nil, nil, nil, '{"worker":"bench","complete":[' .. complete .. '],"claim":{"limit":16}}')
end

response = function(_, _, body)
    local items = {}
    -- The rest of a task's members lies between its id and its fence; no item of "complete" has a fence.
    for id, fence in body:match('"tasks":%[.*'):gmatch('{"id":"([^"]+)".-"fence":(%d+)') do
        items[#items + 1] = '{"id":"' .. id .. '","fence":' .. fence .. '}'
    end
    if #items > 0 then held[#held + 1] = table.concat(items, ",") end
end
