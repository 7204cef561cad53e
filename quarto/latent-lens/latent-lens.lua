--- The shortcode `{{< latent-lens classes="0,1" dims=12 autorun >}}`: the explorer with these settings, which are the
--- element's attributes. The script beside this one holds all that it needs.

local ELSEWHERE = "The explorer that stands here is in this document’s form as HTML."

local function escaped(text)
  return (text:gsub("[&<>\"]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ["\""] = "&quot;" }))
end

local settings = dofile(quarto.utils.resolve_path("settings.lua"))

local function attribute(name, value)
  assert(settings[name], "latent-lens has no setting '" .. name .. "'")
  return (" %s=\"%s\""):format(name, escaped(value))
end

local function shortcode(args, kwargs)
  if not quarto.doc.is_format("html:js") then
    return pandoc.Para({ pandoc.Str(ELSEWHERE) })
  end
  quarto.doc.add_html_dependency({
    name = "latent-lens",
    version = "0.1.0",
    scripts = { "latent-lens.js" },
  })
  local said = {}
  for name, value in pairs(kwargs) do
    table.insert(said, attribute(name, pandoc.utils.stringify(value)))
  end
  for _, name in ipairs(args) do
    table.insert(said, attribute(pandoc.utils.stringify(name), ""))
  end
  table.sort(said)
  return pandoc.RawBlock("html", "<latent-lens" .. table.concat(said) .. "></latent-lens>")
end

return { ["latent-lens"] = shortcode }
