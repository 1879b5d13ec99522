// Browser, Node 22; Node 20 after: npm install ws
const Socket = globalThis.WebSocket ?? require("ws");
const ws = new Socket("ws://localhost:3000/ws/tasks");
// With a token: new Socket(…, ["taskflow.v1", "taskflow.bearer.TOKEN"])

// Connection opened
ws.onopen = () => {
  console.log("Connected");
  ws.send(JSON.stringify({ message: "Hello" }));
};

// Message received
ws.onmessage = (event) => {
  const msg = JSON.parse(event.data);
  console.log("Server sent:", msg);
  // Update UI here
};

// No connection, or one that broke
ws.onerror = () => {
  console.log("No connection");
};

// Connection closed
ws.onclose = () => {
  console.log("Disconnected");
};
