package io.pgmesh.services.mesh;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/**
 * Real rows: an ads business of eight tenants and a TPC-H sample, read from {@code ../shared/data}
 * beside the project, which is not part of it.
 */
public final class SampleData {
  private static final String CSV = " FROM STDIN (FORMAT csv)";
  private static final String BARS = " FROM STDIN (DELIMITER '|')";

  private static final List<Load> LOADS =
      List.of(
          new Load("companies" + CSV, "companies.csv"),
          new Load("campaigns" + CSV, "campaigns.csv"),
          new Load("ads" + CSV, "ads.csv"),
          new Load("clicks" + CSV, "clicks.csv"),
          new Load("impressions" + CSV, "impressions.csv"),
          new Load("nation" + BARS, "nation.data"),
          new Load("supplier" + BARS, "supplier.data"),
          new Load("part" + BARS, "part.data", "part.more.data"),
          new Load("customer" + BARS, "customer.1.data", "customer.2.data", "customer.3.data"),
          new Load("orders" + BARS, "orders.1.data", "orders.2.data"),
          new Load("lineitem" + BARS, "lineitem.1.data", "lineitem.2.data"),
          new Load("users_table" + CSV, "users_table.data"),
          new Load("events_table" + CSV, "events_table.data"));

  private record Load(String target, List<String> files) {
    Load(String target, String... files) {
      this(target, List.of(files));
    }
  }

  private SampleData() {}

  /** The folder, looked for beside the project's root and beside the folders above it. */
  public static Optional<Path> folder() {
    return Stream.iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
        .map(parent -> parent.resolve("shared/data"))
        .filter(Files::isDirectory)
        .findFirst();
  }

  /** Loads the sample into a server that does not have it yet. */
  static void loadIfAbsent(Endpoint endpoint, boolean distribute) {
    try (Connection connection = DriverManager.getConnection(endpoint.jdbc());
        Statement statement = connection.createStatement();
        var found = statement.executeQuery("SELECT to_regclass('companies') IS NULL")) {
      found.next();
      if (found.getBoolean(1)) {
        load(endpoint, folder().orElseThrow(), distribute);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the sample cannot be loaded into " + endpoint, e);
    }
  }

  /**
   * Creates the tables and loads them by COPY.
   *
   * @param distribute whether the server is a mesh
   */
  public static void load(Endpoint endpoint, Path folder, boolean distribute) throws SQLException {
    try (Connection connection = DriverManager.getConnection(endpoint.jdbc());
        Statement statement = connection.createStatement()) {
      statement.execute(resource("/sample/schema.sql"));
      if (distribute) {
        for (String call : resource("/sample/distribute.sql").split(";\n")) {
          statement.execute(call);
        }
      }
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      for (Load load : LOADS) {
        for (String file : load.files()) {
          try (Reader rows = Files.newBufferedReader(folder.resolve(file))) {
            copy.copyIn("COPY " + load.target(), rows);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
      statement.execute(resource("/sample/finish.sql"));
    }
  }

  private static String resource(String name) {
    try (InputStream in = SampleData.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
