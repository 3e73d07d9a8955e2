-- Contract section 10: what is served about a program.
local api = rover.server { title = "Documented </script> <b>", version = "2.1" }

--- One thing.
-- Where it is, and </script><script>alert(1)</script>.
-- @tag things
function api.things.p_id.get(ctx) return { id = ctx:params().id } end

return api
