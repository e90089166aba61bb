package io.pgmesh.router.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.WorkerCall;
import io.pgmesh.contracts.plan.Plan.WorkerCalls;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.contracts.replica.ReplicaChanges;
import io.pgmesh.router.session.Statements.Description;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.jackson.DatabindCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;

/**
 * The way in which functions of the coordinator database reach workers: {@code INSERT INTO
 * pgmesh.worker_call(servers, commands, mode) VALUES ($1, $2, $3) RETURNING result}, as
 * postgres_fdw writes it.
 */
final class WorkerCallInsert {
  private static final Pattern INSERT =
      Pattern.compile(
          "\\s*INSERT\\s+INTO\\s+\"?pgmesh\"?\\.\"?worker_call\"?\\s*\\(\\s*servers\\s*,"
              + "\\s*commands\\s*,\\s*mode\\b.*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** Of a server that the catalog does not have yet. */
  private static final int UNKNOWN_GROUP = -1;

  private static final long TEXT = 25;
  private static final long TEXT_ARRAY = 1009;

  /** One text column. */
  static final Description DESCRIPTION =
      new Description(
          List.of(TEXT_ARRAY, TEXT_ARRAY, TEXT),
          Backend.CODECS.frame(
              new Backend.RowDescription(
                  List.of(new Backend.Field("result", 0, 0, TEXT, -1, -1, 0)))));

  /** One DataRow: the answer to no calls. */
  static final Buffer NO_CALLS =
      Backend.CODECS.frame(new Backend.DataRow(List.of("[]".getBytes(StandardCharsets.UTF_8))));

  private WorkerCallInsert() {}

  /** Whether no worker is meant but the router: it is told the catalog of this transaction. */
  static boolean carriesCatalog(Arguments arguments) {
    return text(arguments, 2).equals("catalog");
  }

  /**
   * @throws SqlError 22023 not a catalog
   */
  static CatalogSnapshot catalog(Arguments arguments) {
    try {
      String json = TextArray.parse(text(arguments, 1)).getFirst();
      return DatabindCodec.mapper().readValue(json, CatalogSnapshot.class);
    } catch (JsonProcessingException | NoSuchElementException e) {
      throw invalid("not a catalog: " + e.getMessage());
    }
  }

  static boolean matches(String sql) {
    return INSERT.matcher(sql).matches();
  }

  /**
   * @throws SqlError 22023 lists of different lengths, an unknown mode, or a bad server; 22P02
   */
  static Plan plan(Arguments arguments, CatalogSnapshot catalog) {
    if (text(arguments, 2).equals("carry")) {
      return new Plan.Carry(changes(arguments));
    }
    List<String> servers = TextArray.parse(text(arguments, 0));
    List<String> commands = TextArray.parse(text(arguments, 1));
    if (servers.size() != commands.size()) {
      throw invalid("servers and commands must be equally many");
    }
    var calls = new ArrayList<WorkerCall>();
    for (int i = 0; i < servers.size(); i++) {
      calls.add(new WorkerCall(server(servers.get(i), catalog), commands.get(i)));
    }
    return new WorkerCalls(calls, mode(text(arguments, 2)));
  }

  private static ReplicaChanges changes(Arguments arguments) {
    try {
      String json = TextArray.parse(text(arguments, 1)).getFirst();
      return DatabindCodec.mapper().readValue(json, ReplicaChanges.class);
    } catch (JsonProcessingException | NoSuchElementException e) {
      throw invalid("not changes of reference tables: " + e.getMessage());
    }
  }

  private static String text(Arguments arguments, int index) {
    if (arguments.values().size() <= index || arguments.values().get(index) == null) {
      throw invalid("servers, commands and mode must not be null");
    }
    if (arguments.format(index) != 0) {
      throw invalid("servers, commands and mode must be in text format");
    }
    return new String(arguments.values().get(index), StandardCharsets.UTF_8);
  }

  private static WorkerCalls.Mode mode(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "ddl" -> WorkerCalls.Mode.DDL;
      case "replicas" -> WorkerCalls.Mode.REPLICAS;
      case "write" -> WorkerCalls.Mode.WRITE;
      case "report" -> WorkerCalls.Mode.REPORT;
      default -> throw invalid("unknown mode of worker calls: " + text);
    };
  }

  private static Server server(String hostAndPort, CatalogSnapshot catalog) {
    int colon = hostAndPort.lastIndexOf(':');
    try {
      String host = hostAndPort.substring(0, colon);
      int port = Integer.parseInt(hostAndPort.substring(colon + 1));
      int group =
          catalog.nodes().stream()
              .filter(node -> node.host().equals(host) && node.port() == port)
              .map(Node::groupId)
              .findFirst()
              .orElse(UNKNOWN_GROUP);
      return new Server(group, host, port);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw invalid("not a server's host:port: " + hostAndPort);
    }
  }

  private static SqlError invalid(String message) {
    return new SqlError(SqlState.INVALID_PARAMETER_VALUE, message);
  }
}
