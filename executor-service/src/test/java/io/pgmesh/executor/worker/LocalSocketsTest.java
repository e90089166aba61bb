package io.pgmesh.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalSocketsTest {
  private final LocalSockets sockets =
      new LocalSockets(
          Map.of(5001, Path.of("/data/worker-1"), 5002, Path.of("/data/" + "x".repeat(100))));

  @Test
  void a_server_of_this_machine_is_reached_by_its_socket() {
    assertThat(sockets.host(Address.worker("127.0.0.1", 5001))).isEqualTo("/data/worker-1");
    assertThat(sockets.host(Address.coordinator("127.0.0.1", 5001))).isEqualTo("/data/worker-1");
  }

  @Test
  void others_are_reached_by_tcp() {
    assertThat(sockets.host(Address.worker("127.0.0.1", 5009))).isEqualTo("127.0.0.1");
    assertThat(sockets.host(Address.worker("db1.example.com", 5001))).isEqualTo("db1.example.com");
  }

  @Test
  void so_is_one_whose_folder_is_too_long_for_a_socket() {
    assertThat(sockets.host(Address.worker("127.0.0.1", 5002))).isEqualTo("127.0.0.1");
  }

  @Test
  void bytes_count_and_not_characters() {
    assertThat(hostOf("/" + "x".repeat(87))).isEqualTo("/" + "x".repeat(87)); // macOS takes 103
    assertThat(hostOf("/" + "x".repeat(88))).isEqualTo("127.0.0.1");
    assertThat(hostOf("/x" + "é".repeat(43))).isEqualTo("/x" + "é".repeat(43));
    assertThat(hostOf("/" + "é".repeat(44))).isEqualTo("127.0.0.1");
  }

  private static String hostOf(String folder) {
    return new LocalSockets(Map.of(5001, Path.of(folder))).host(Address.worker("127.0.0.1", 5001));
  }
}
