package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables become distributed and local again while others write to them: they wait, no more. */
@ExtendWith(WithMesh.class)
class TablesUnderWritersTest {
  private static final int WRITERS = 4;
  private static final int ROUNDS = 3;
  private static final int ROWS_BETWEEN = 50;

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicInteger written = new AtomicInteger();
  private Connection connection;

  @BeforeEach
  void connect(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    Jdbc.run(connection, "CREATE TABLE moved (k int PRIMARY KEY, v int)");
  }

  @AfterEach
  void close() throws SQLException {
    Jdbc.run(connection, "DROP TABLE moved");
    connection.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"&preferQueryMode=simple", "&prepareThreshold=1"})
  void nothing_that_was_written_is_lost(String options, Endpoint mesh) throws Exception {
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      var writing = new ArrayList<Future<Integer>>();
      for (int writer = 1; writer <= WRITERS; writer++) {
        writing.add(writers.submit(writer(mesh.jdbc() + options, writer * 1_000_000)));
      }
      try {
        for (int round = 0; round < ROUNDS; round++) {
          awaitRows(writing);
          Jdbc.run(connection, "SELECT create_distributed_table('moved', 'k')");
          awaitRows(writing);
          Jdbc.run(connection, "SELECT undistribute_table('moved')");
        }
        awaitRows(writing);
      } finally {
        stopped.set(true);
      }
      int acknowledged = 0;
      for (Future<Integer> one : writing) {
        acknowledged += one.get();
      }
      assertThat(Jdbc.run(connection, "SELECT count(*), sum(v) FROM moved"))
          .isEqualTo(List.of(acknowledged + "|" + 2L * acknowledged));
    }
  }

  private void awaitRows(List<Future<Integer>> writing) throws Exception {
    int until = written.get() + ROWS_BETWEEN;
    Await.until(
        ROWS_BETWEEN + " more rows",
        java.time.Duration.ofSeconds(60),
        () -> written.get() > until || writing.stream().anyMatch(Future::isDone));
    for (Future<Integer> one : writing) {
      if (one.isDone()) {
        one.get(); // fails
      }
    }
  }

  /** Inserts rows and changes each once; every statement is a transaction of its own. */
  private Callable<Integer> writer(String url, int firstKey) {
    return () -> {
      int rows = 0;
      try (Connection session = DriverManager.getConnection(url);
          PreparedStatement insert = session.prepareStatement("INSERT INTO moved VALUES (?, 1)");
          PreparedStatement update =
              session.prepareStatement("UPDATE moved SET v = v + 1 WHERE k = ?")) {
        while (!stopped.get()) {
          insert.setInt(1, firstKey + rows);
          update.setInt(1, firstKey + rows);
          assertThat(insert.executeUpdate()).isEqualTo(1);
          assertThat(update.executeUpdate()).isEqualTo(1);
          rows++;
          written.incrementAndGet();
        }
      }
      return rows;
    };
  }
}
