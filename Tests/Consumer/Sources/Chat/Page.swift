let page = """
    <!doctype html><title>Chat</title><ul id=lines></ul><form><input id=text autofocus></form><script>
    const socket = new WebSocket(`ws://${location.host}/rooms/lobby?name=guest`)
    socket.onmessage = event => lines.appendChild(document.createElement("li")).textContent = event.data
    document.forms[0].onsubmit = () => { socket.send(text.value); text.value = ""; return false }
    </script>
    """
