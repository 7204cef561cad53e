-- Stands in for Quarto, which comes from no package registry: runs the shortcodes of the extension in the project's
-- folder as Quarto calls them, with those of Quarto's functions that it uses, as its documentation describes them.

local folder = "_extensions/latent-lens/"
local scripts = {}

quarto = {
  doc = {
    is_format = function(name)
      assert(name == "html:js")
      return FORMAT == "html"
    end,
    add_html_dependency = function(dependency)
      assert(dependency.name and dependency.version)
      for _, script in ipairs(dependency.scripts) do
        scripts[script] = true
      end
    end,
  },
  utils = {
    resolve_path = function(path)
      return folder .. path
    end,
  },
}

local shortcodes = dofile(folder .. "latent-lens.lua")

function Para(block)
  local words = pandoc.utils.stringify(block):match("^{{<%s*(.-)%s*>}}$")
  if not words then
    return nil
  end
  local name, rest = words:match("^(%S+)%s*(.*)$")
  local args, kwargs = {}, {}
  rest = rest:gsub("([%w-]+)=\"(.-)\"", function(key, value)
    kwargs[key] = pandoc.Inlines(value)
    return ""
  end)
  for word in rest:gmatch("%S+") do
    local key, value = word:match("^(.-)=(.*)$")
    if key then
      kwargs[key] = pandoc.Inlines(value)
    else
      table.insert(args, pandoc.Inlines(word))
    end
  end
  return shortcodes[name](args, kwargs)
end

function Pandoc(document)
  local head = {}
  for script in pairs(scripts) do
    table.insert(head, pandoc.RawBlock("html", ("<script src=\"%s%s\"></script>"):format(folder, script)))
  end
  document.meta["header-includes"] = pandoc.MetaBlocks(head)
  return document
end
