-- The notes are kept in the memory of one worker.
local api = rover.server { port = 4242, workers = 1, body_limit = "16KiB" }
local page = rover.template "views/page.html"

rover.html.note = rover.template "views/note.html"

local MAX_NOTES = 200
local notes = {}

-- The page with all notes, and with what is wrong with a text that was sent.
local function list(text, problem)
  return page {
    title = "Notes",
    body = rover.html { notes = notes, text = text, problem = problem } [[
      <form method="post" action="/">
        <label for="text">A new note</label>
        <input id="text" name="text" value="{{ text }}" required maxlength="2000"
          {{ if problem then }}aria-invalid="true" aria-describedby="problem"{{ end }}>
        <button>Keep it</button>
        {{ if problem then }}<p id="problem" class="problem">{{ problem }}</p>{{ end }}
      </form>
      {{ for _, item in ipairs(notes) do }}{{ note { text = item } }}{{ end }}
      {{ if #notes == 0 then }}<p>There are no notes yet.</p>{{ end }}
    ]],
  }
end

function api.get()
  return api.html(list())
end

function api.post(ctx)
  local text = ctx:body():form().text
  if type(text) ~= "string" or not text:find("%S") then
    return api.html:status(422, list("", "Please write something."))
  end
  if #text > 2000 then
    return api.html:status(422, list(text, "Please write less."))
  end
  table.insert(notes, 1, text)
  notes[MAX_NOTES + 1] = nil
  return api.redirect:status(303, "/")
end

function api.not_found(ctx)
  return api.html:status(404, page {
    title = "Not found",
    body = rover.html { path = ctx.path } [[<p>There is nothing at <code>{{ path }}</code>. <a href="/">All notes</a></p>]],
  })
end

local style = require "style"
api["style.css"].get = function() return api.bytes(style, "text/css; charset=utf-8") end

return api
