package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.wire.Frontend;

/**
 * The encoding that a client's texts are in. Servers convert what they answer and what they are
 * given as values; statements are read here, as UTF-8, and values of keys are hashed here. In
 * another encoding only ASCII means the same.
 */
final class ClientEncoding {
  static final String PARAMETER = "client_encoding";

  private static final String OURS = "UTF8";

  private String name = OURS;

  void is(String encoding) {
    name = encoding;
  }

  /** The message, or an error in its place where it cannot be understood. */
  Frontend readable(Frontend message) {
    if (name.equals(OURS)) {
      return message;
    }
    return switch (message) {
      case Frontend.Query query -> isAscii(query.sql()) ? query : refused('Q');
      case Frontend.Parse parse -> isAscii(parse.sql() + parse.statement()) ? parse : refused('P');
      case Frontend.Bind bind -> isAscii(bind) ? bind : refused('B');
      case Frontend.CopyData data -> isAscii(data.bytes().getBytes()) ? data : refused('d');
      case Frontend.Malformed(char tag, SqlError error) ->
          error.fields().code().equals(SqlState.CHARACTER_NOT_IN_REPERTOIRE.code())
              ? refused(tag)
              : message;
      default -> message;
    };
  }

  private Frontend.Malformed refused(char tag) {
    return new Frontend.Malformed(
        tag,
        new SqlError(
            SqlState.FEATURE_NOT_SUPPORTED,
            "characters outside of ASCII in client_encoding " + name + " are not supported",
            "SET client_encoding TO 'UTF8', and send UTF-8."));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(one -> one < 0x80);
  }

  /** Also of binary values: which of them are texts is not known here. */
  private static boolean isAscii(Frontend.Bind bind) {
    return bind.values().stream().allMatch(ClientEncoding::isAscii);
  }

  private static boolean isAscii(byte[] value) {
    if (value != null) {
      for (byte one : value) {
        if (one < 0) {
          return false;
        }
      }
    }
    return true;
  }
}
