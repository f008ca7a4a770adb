-- Workspace ▸ Scripts ▸ Talkies (free edition): lets the talkies panel work on the timeline that is shown.
--
-- Installed by 'talkies resolve install': run that again rather than change this. The free edition's sandbox has no io,
-- os.execute and require, and nothing may show a window: the first touch of UIManager opens a dialog that sells Studio.
--
--   talkies resolve panel  ──request.lua──►  this loop: loadfile, run, answer  ──SetPrefs, SavePrefs──►  Fusion.prefs
--
-- A request returns a table: session, id, written (os.time), and run(resolve, memory), whose result is a line of JSON.
-- It ends when talkies says goodbye, when nothing came for two minutes, or when this is chosen in the menu once more.

local STAMP = "" -- baked: the version that installed this, and a hash of the rest
local VARIABLE, REST = "HOME", "" -- baked: the folder of the requests, as an environment variable and what follows

local IDLE_S, FRESH_S, WAIT_S = 120, 20, 0.1

local prefs = fusion or fu or app
local resolve = resolve or bmd.scriptapp("Resolve")
local path = os.getenv(VARIABLE) .. REST .. "/request.lua"

local function hex(text)
  return (text:gsub(".", function(character) return string.format("%02x", character:byte()) end))
end

local function say(key, value)
  prefs:SetPrefs("Global.Talkies." .. key, value)
  prefs:SavePrefs()
end

local function failed(reason)
  local sentence = tostring(reason):gsub('[%c"\\]', " ")
  return '{"error": {"kind": "OutputError", "message": "DaVinci Resolve failed: ' .. sentence .. '"}}'
end

-- Half a file is never seen, for talkies writes it beside and renames it; a file from yesterday is not run.
local function next_request(last)
  if not bmd.fileexists(path) then return nil end
  local chunk = loadfile(path)
  local understood, request = pcall(chunk or error)
  if not understood or type(request) ~= "table" or type(request.run) ~= "function" then return nil end
  request.key = tostring(request.session) .. ":" .. tostring(request.id)
  local age = os.difftime(os.time(), request.written or 0)
  if request.key == last or age > FRESH_S or age < -FRESH_S then return nil end
  return request
end

local function serve()
  local me, memory, last, heard = tostring(os.time()) .. tostring({}), {}, nil, os.time()
  prefs:SetPrefs("Global.Talkies.Loop", me)
  while os.difftime(os.time(), heard) < IDLE_S and prefs:GetPrefs("Global.Talkies.Loop") == me do
    local request = next_request(last)
    if request then
      last, heard = request.key, os.time()
      if request.goodbye then return say("TalkiesAnswer", "") end
      if not request.silent then
        say("TalkiesHeard", request.key)
        local fine, answer = pcall(request.run, resolve, memory)
        say("TalkiesAnswer", request.key .. ":" .. hex(fine and answer or failed(answer)))
      end
    end
    bmd.wait(WAIT_S)
  end
end

serve()
