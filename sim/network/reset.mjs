// Ends a TCP connection with RST. Plain JavaScript, because the sockets' thread needs it too.

/**
 * Sends RST where Node can. Node 20 cannot while the socket's end is being sent: it would never close that socket, and the
 * process would spin for ever when it should exit; such a socket is closed without.
 * @param {import('node:net').Socket} socket
 */
export function resetSocket(socket) {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
