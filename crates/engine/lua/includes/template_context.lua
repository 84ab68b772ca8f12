--- The trace context of a scheduler's template as a member of JSON options, with the comma before it; empty without one.
local function template_context(template_opts)
  local context = template_opts and cjson.decode(template_opts).tm
  return type(context) == "string" and ',"tm":' .. cjson.encode(context) or ""
end
