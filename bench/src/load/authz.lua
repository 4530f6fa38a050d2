-- GET /v1/authz/nginx with another key each time, as nginx asks. Argument: file with one key a line.
local requests, at = {}, 0
function init(arguments)
  for key in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", "/v1/authz/nginx",
      { ["Host"] = "127.0.0.1", ["Authorization"] = "Bearer " .. key, ["X-Original-Method"] = "GET",
        ["X-Original-URI"] = "/v1/events/sales/orders?limit=10", ["X-Real-IP"] = "203.0.113.7" })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
