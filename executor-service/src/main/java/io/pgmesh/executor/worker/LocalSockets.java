package io.pgmesh.executor.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Unix sockets of servers on this machine, which cost less than TCP.
 *
 * @param folders where the server of a port of 127.0.0.1 has its socket, by port
 */
public record LocalSockets(Map<Integer, Path> folders) {
  public static final LocalSockets NONE = new LocalSockets(Map.of());

  /** What kernels take, macOS the least (Linux takes 107), less the socket's own name. */
  private static final int FOLDER_MAX_BYTES = 103 - "/.s.PGSQL.65535".length();

  public LocalSockets {
    folders = Map.copyOf(folders);
  }

  /** What stands for the address's host: a folder with a socket in it, or the host itself. */
  String host(Address address) {
    Path folder = address.host().equals("127.0.0.1") ? folders.get(address.port()) : null;
    return folder == null || bytes(folder) > FOLDER_MAX_BYTES ? address.host() : folder.toString();
  }

  private static int bytes(Path folder) {
    return folder.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
