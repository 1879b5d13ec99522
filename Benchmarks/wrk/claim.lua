-- Workers that claim one task and complete it: two requests a task.
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer secret-worker-123"
wrk.headers["Content-Type"] = "application/json"

local claim = '{"worker":"bench"}'
local held = {}

request = function()
    local task = table.remove(held)
    if not task then return wrk.format(nil, "/tasks/claim", nil, claim) end
    return wrk.format(nil, "/tasks/" .. task.id .. "/complete", nil, '{"fence":' .. task.fence .. '}')
end

response = function(_, _, body)
    local id = body:match('^{"tasks":%[{"id":"([^"]+)"')
    if id then held[#held + 1] = {id = id, fence = body:match('"fence":(%d+)')} end
end
