package io.pgmesh.router.session;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.ExecutorApi.FoundRole;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.wire.ScramVerifier;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Who may come in, and what they must show.
 *
 * @param trusted addresses from which no password is asked
 * @param loopbackRole the role as which the coordinator database calls back
 * @param loopbackVerifier of its password, which is always asked for
 */
public record Access(
    List<AddressRange> trusted, String loopbackRole, ScramVerifier loopbackVerifier) {
  public Access {
    trusted = List.copyOf(trusted);
  }

  /** What a role must show. */
  public sealed interface Admission {
    record Trusted() implements Admission {}

    record Password(ScramVerifier verifier) implements Admission {}
  }

  /** Fails with 28000 when a trusted client names a role that may not log in. */
  public Future<Admission> admit(Vertx vertx, String role, String remoteAddress) {
    if (role.equals(loopbackRole)) {
      return Future.succeededFuture(new Admission.Password(loopbackVerifier));
    }
    boolean trust = trusts(remoteAddress);
    return ExecutorApi.FIND_ROLE
        .ask(vertx, new ExecutorApi.FindRole(role))
        .recover(cause -> Future.failedFuture(SqlError.ofQuestion(cause)))
        .map(found -> trust ? admitTrusted(role, found) : admitByPassword(role, found));
  }

  private static Admission admitTrusted(String role, FoundRole found) {
    if (!found.exists()) {
      throw refused("role \"" + role + "\" does not exist");
    }
    if (!found.canLogin()) {
      throw refused("role \"" + role + "\" is not permitted to log in");
    }
    return new Admission.Trusted();
  }

  private static Admission admitByPassword(String role, FoundRole found) {
    // Whoever does not know the password is not told why it is wrong.
    return new Admission.Password(
        found.canLogin()
            ? ScramVerifier.parse(found.verifier()).orElseGet(() -> ScramVerifier.ofNobody(role))
            : ScramVerifier.ofNobody(role));
  }

  private boolean trusts(String remoteAddress) {
    if (trusted.isEmpty()) {
      return false;
    }
    try {
      byte[] address = InetAddress.getByName(remoteAddress).getAddress();
      return trusted.stream().anyMatch(range -> range.contains(address));
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static SqlError refused(String message) {
    return new SqlError(ErrorFields.fatal(SqlState.INVALID_AUTHORIZATION, message));
  }
}
