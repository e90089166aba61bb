package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Column;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.hash.PgHash;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.router.planner.StatementPlanner.Bound;
import io.pgmesh.router.sql.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/** Hashes of values of the distribution column, in Java where it can, else asked for. */
final class KeyHashes {
  private static final long INT8 = 20;

  private final Column key;
  private final Arguments arguments;
  private final List<Integer> answers;
  private final List<String> questions = new ArrayList<>();

  private KeyHashes(Column key, Arguments arguments, List<Integer> answers) {
    this.key = key;
    this.arguments = arguments;
    this.answers = answers;
  }

  /**
   * Binds a plan that depends on the hashes of some values.
   *
   * @param answers to an earlier {@link Bound.NeedsHash}, empty at first
   * @param then gets one hash a value, empty for NULL
   */
  static Bound bind(
      Column key,
      List<KeyValue> values,
      Arguments arguments,
      List<Integer> answers,
      Function<List<OptionalInt>, Plan> then) {
    KeyHashes hashing = new KeyHashes(key, arguments, answers);
    List<OptionalInt> hashes = new ArrayList<>(values.size());
    for (KeyValue value : values) {
      hashes.add(hashing.hash(value));
    }
    if (hashing.questions.size() > answers.size()) {
      return new Bound.NeedsHash(key.type(), hashing.questions);
    }
    return new Bound.Ready(then.apply(hashes));
  }

  private OptionalInt hash(KeyValue value) {
    return switch (value) {
      case KeyValue.Null() -> OptionalInt.empty();
      case KeyValue.Literal(var text, var source) -> {
        // a string becomes a value of the key's type or none, a number may be one of a larger type
        boolean string = source.last().kind() == Token.Kind.STRING;
        yield hash(
            string ? key.typeOid() : typeToHash(0), 0, text.getBytes(StandardCharsets.UTF_8));
      }
      case KeyValue.Parameter(var index, var typeOid) -> {
        if (index >= arguments.values().size()) {
          throw new SqlError(SqlState.PROTOCOL_VIOLATION, "there is no parameter $" + (index + 1));
        }
        byte[] bytes = arguments.values().get(index);
        yield bytes == null
            ? OptionalInt.empty()
            : hash(
                typeOfBytes(typeOid, arguments.format(index), bytes),
                arguments.format(index),
                bytes);
      }
    };
  }

  /** Integers of any size have one hash, so the type that the bytes are in serves. */
  private long typeToHash(long typeOid) {
    if (!KeyValue.INTEGERS.contains(key.typeOid())) {
      return key.typeOid();
    }
    return typeOid == 0 ? INT8 : typeOid;
  }

  private long typeOfBytes(long typeOid, int format, byte[] bytes) {
    if (typeOid == 0 && format == 1 && KeyValue.INTEGERS.contains(key.typeOid())) {
      return bytes.length == 2 ? 21 : bytes.length == 4 ? 23 : INT8;
    }
    return typeToHash(typeOid);
  }

  private OptionalInt hash(long typeOid, int format, byte[] bytes) {
    OptionalInt hash = PgHash.hash(typeOid, format, bytes);
    if (hash.isPresent()) {
      return hash;
    }
    if (format != 0 && PgHash.hasWrongLength(typeOid, bytes)) {
      return OptionalInt.of(0); // any shard's server says what is wrong with it
    }
    if (format != 0) {
      throw Unsupported.because(
          "a binary parameter for a distribution column of type " + key.type(),
          "Send the parameter in text format.");
    }
    questions.add(new String(bytes, StandardCharsets.UTF_8));
    int asked = questions.size() - 1;
    return OptionalInt.of(asked < answers.size() ? answers.get(asked) : 0);
  }
}
