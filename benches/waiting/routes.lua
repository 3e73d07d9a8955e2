-- What the benches of waiting ask: see `src/bin/upstream.rs`, `src/bin/sleepers.rs` and `src/bin/waits.rs`.
local api = rover.server { memory_limit = "512MiB", max_connections = 20000 }
local upstream = rover.http.client { base_url = os.getenv "UPSTREAM" or "http://127.0.0.1:1" }

-- One call of another server, whose answer is passed on.
function api.call.get()
  local answer = upstream:get "/"
  return answer.text
end

function api.plain.get() return "plain" end

-- May wait, and does not.
function api.ready.get()
  rover.all {}
  return "plain"
end

-- Waits for the others' turn.
function api.turn.get()
  rover.sleep(0)
  return "plain"
end

function api.asleep.get()
  rover.sleep(60)
  return "late"
end

-- Three calls at once.
function api.three.get()
  local answers = rover.all({ 1, 2, 3 }, function() return upstream:get("/").status end)
  return rover.array(answers)
end

return api
