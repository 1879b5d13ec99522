-- The task of the path, for the administrator.
wrk.headers["Authorization"] = "Bearer secret-admin-123"
