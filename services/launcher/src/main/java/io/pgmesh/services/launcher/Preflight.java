package io.pgmesh.services.launcher;

import io.pgmesh.services.config.MeshConfig;
import io.pgmesh.services.config.MeshConfig.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** What can be seen to fail before anything is started or written. */
final class Preflight {
  private Preflight() {}

  static void check(MeshConfig config) {
    DataFolder.requireFree(config.data());
    if (config.runs(Service.ROUTER)) {
      requireFree(config.endpoint().host(), config.endpoint().port(), "--port");
      requireFree(config.http().host(), config.http().port(), "--http-port");
    }
  }

  private static void requireFree(String host, int port, String option) {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw new UserError(
          "cannot listen on %s:%d (%s): choose another port with %s"
              .formatted(host, port, e.getMessage(), option));
    }
  }
}
