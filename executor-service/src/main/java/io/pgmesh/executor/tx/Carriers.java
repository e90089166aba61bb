package io.pgmesh.executor.tx;

import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.ConnectionPools;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Workers with replicas, asked by the mesh's own role outside of the transaction that carries. */
public final class Carriers {
  private final DecisionLog decisions;
  private final ConnectionPools pools;
  private final Map<Address, String> secrets = new HashMap<>();

  public Carriers(DecisionLog decisions, ConnectionPools pools) {
    this.decisions = decisions;
    this.pools = pools;
  }

  /**
   * What {@code pgmesh.write_replica} asks for: proof that the mesh itself sends these rows on this
   * connection.
   */
  public Future<String> token(BackendConnection worker, String statement, List<String> images) {
    return secret(worker.address())
        .map(
            secret ->
                sha256(
                    String.join(
                        "\n",
                        secret,
                        String.valueOf(worker.processId()),
                        statement,
                        String.join(",", images))));
  }

  private Future<String> secret(Address worker) {
    var known = secrets.get(worker);
    return known != null
        ? Future.succeededFuture(known)
        : pools
            .asMesh(worker, "SELECT secret FROM pgmesh.replica_secret")
            .map(rows -> rows.getFirst().getFirst())
            .onSuccess(secret -> secrets.put(worker, secret));
  }

  /** The worker did not accept its secret: it may be another server by now. */
  public void forget(Address worker) {
    secrets.remove(worker);
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /**
   * A worker.
   *
   * @param live whether its replicas are read
   * @param behind whether it lacks something that is committed
   * @param relations oids of the tables that it has copies of
   */
  public record Carrier(
      int group, Address address, boolean live, boolean behind, Set<Long> relations) {
    private static Carrier of(List<String> row) {
      var relations =
          Arrays.stream(row.get(5).split(",")).map(Long::valueOf).collect(Collectors.toSet());
      return new Carrier(
          Integer.parseInt(row.get(0)),
          Address.worker(row.get(1), Integer.parseInt(row.get(2))),
          row.get(3).equals("t"),
          row.get(4).equals("t"),
          relations);
    }
  }

  /** All of them as they are now. */
  public Future<List<Carrier>> now() {
    return decisions
        .asMesh(
            "SELECT c.groupid, n.nodename, n.nodeport, c.live, c.behind,"
                + " pg_catalog.array_to_string(c.relations, ',') FROM pgmesh.carriers() c JOIN "
                + decisions.catalogTable("pg_dist_node")
                + " n ON n.groupid = c.groupid AND n.noderole = 'primary' ORDER BY c.groupid")
        .map(rows -> rows.stream().map(Carrier::of).toList());
  }

  /**
   * Whether any of these prepared transactions has carried changes and is committed by decision.
   */
  public Future<Boolean> anyDecided(Collection<String> gids) {
    String ids =
        gids.stream()
            .flatMap(gid -> PreparedTransaction.idOf(gid).stream())
            .map(SettingTexts::literal)
            .collect(Collectors.joining(", "));
    return ids.isEmpty()
        ? Future.succeededFuture(false)
        : decisions
            .asMesh(
                "SELECT count(*) FROM pgmesh.change_transaction WHERE carried_transaction IN ("
                    + ids
                    + ")")
            .map(rows -> !rows.getFirst().getFirst().equals("0"));
  }
}
