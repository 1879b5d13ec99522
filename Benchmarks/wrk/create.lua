-- A task of the administrator's in each request.
wrk.method = "POST"
wrk.body = '{"title":"WebSocket test","priority":5}'
wrk.headers["Authorization"] = "Bearer secret-admin-123"
wrk.headers["Content-Type"] = "application/json"
