package io.pgmesh.executor.worker;

import java.nio.file.Path;
import java.util.Map;

/**
 * Unix sockets of servers on this machine, which cost less than TCP.
 *
 * @param folders where the server of a port of 127.0.0.1 has its socket, by port
 */
public record LocalSockets(Map<Integer, Path> folders) {
  public static final LocalSockets NONE = new LocalSockets(Map.of());

  /** What the kernel takes, less the socket's own name. */
  private static final int FOLDER_LENGTH_MAX = 107 - "/.s.PGSQL.65535".length();

  public LocalSockets {
    folders = Map.copyOf(folders);
  }

  /** What stands for the address's host: a folder with a socket in it, or the host itself. */
  String host(Address address) {
    Path folder = address.host().equals("127.0.0.1") ? folders.get(address.port()) : null;
    return folder == null || folder.toString().length() > FOLDER_LENGTH_MAX
        ? address.host()
        : folder.toString();
  }
}
