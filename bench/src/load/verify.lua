-- POST /v1/keys/verify with another key each time. Arguments: file with one key a line, the asking key.
local requests, at = {}, 0
function init(arguments)
  for key in io.lines(arguments[1]) do
    local body = '{"key":"' .. key .. '","operation":"query","resource":"database:sales","ip":"203.0.113.7"}'
    requests[#requests + 1] = wrk.format("POST", "/v1/keys/verify",
      { ["Host"] = "127.0.0.1", ["Authorization"] = "Bearer " .. arguments[2], ["Content-Type"] = "application/json" }, body)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
