local setup = {}

function setup.check(settings)
  if not settings.name then
    error("a name is missing")
  end
end

function setup.refuse()
  error(setmetatable({}, { __tostring = function() return "the settings are old" end }))
end

return setup
