package io.pgmesh.router.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message there and back, and cut at every byte. */
class CodecTest {
  private static final byte[] BYTES = {0, 1, -1, 65};

  static Stream<Frontend> frontend() {
    return Stream.of(
        new Frontend.Query("select 'ä€𝄞'"),
        new Frontend.Query(""),
        new Frontend.Parse("name", "select $1, $2", List.of(23L, 4294967295L)),
        new Frontend.Bind(
            "portal", "name", List.of(0, 1), Arrays.asList(BYTES, null, new byte[0]), List.of(1)),
        new Frontend.Bind("", "", List.of(), List.of(), List.of()),
        new Frontend.Describe(Frontend.Target.STATEMENT, "name"),
        new Frontend.Describe(Frontend.Target.PORTAL, ""),
        new Frontend.Execute("portal", 2_000_000_000),
        new Frontend.Close(Frontend.Target.STATEMENT, "name"),
        new Frontend.Close(Frontend.Target.PORTAL, "portal"),
        new Frontend.Flush(),
        new Frontend.Sync(),
        new Frontend.CopyData(Buffer.buffer(BYTES)),
        new Frontend.CopyDone(),
        new Frontend.CopyFail("why"),
        new Frontend.Authentication(Buffer.buffer(BYTES)),
        new Frontend.FunctionCall(Buffer.buffer(BYTES)),
        new Frontend.Terminate());
  }

  static Stream<Backend> backend() {
    return Stream.of(
        Backend.Authentication.OK,
        Backend.Authentication.sasl(List.of("SCRAM-SHA-256")),
        Backend.Authentication.saslContinue("r=1"),
        Backend.Authentication.saslFinal("v=1"),
        new Backend.BackendKeyData(7, -7),
        new Backend.ParameterStatus("TimeZone", "Europe/Zürich"),
        new Backend.ReadyForQuery('T'),
        new Backend.RowDescription(
            List.of(
                new Backend.Field("a", 4000000000L, 3, 23, 4, -1, 1),
                new Backend.Field("b", 0, 0, 25, -1, 132, 0))),
        new Backend.DataRow(Arrays.asList(BYTES, null, new byte[0])),
        new Backend.CommandComplete("INSERT 0 1"),
        new Backend.EmptyQueryResponse(),
        new Backend.ErrorResponse(
            ErrorFields.error(SqlState.UNDEFINED_TABLE, "gone").with(ErrorFields.POSITION, "8")),
        new Backend.NoticeResponse(ErrorFields.of("NOTICE", SqlState.WARNING, "so")),
        new Backend.NotificationResponse(9, "channel", "payload"),
        new Backend.ParseComplete(),
        new Backend.BindComplete(),
        new Backend.CloseComplete(),
        new Backend.ParameterDescription(List.of(25L, 1009L)),
        new Backend.NoData(),
        new Backend.PortalSuspended(),
        new Backend.CopyInResponse(1, List.of(1, 1)),
        new Backend.CopyOutResponse(0, List.of()),
        new Backend.CopyData(Buffer.buffer(BYTES)),
        new Backend.CopyDone(),
        new Backend.NegotiateProtocolVersion(0, List.of("_pq_.a")));
  }

  static Stream<Startup> startup() {
    return Stream.of(
        new Startup.SslRequest(),
        new Startup.GssEncryptionRequest(),
        new Startup.CancelRequest(1, -2),
        new Startup.StartupMessage(3, 2, Map.of("user", "postgres")));
  }

  @ParameterizedTest
  @MethodSource("frontend")
  void a_frontend_message_comes_back_as_it_was(Frontend message) {
    roundTrip(Frontend.CODECS, message);
    cutAtEveryByte(Frontend.CODECS, message);
  }

  @ParameterizedTest
  @MethodSource("backend")
  void a_backend_message_comes_back_as_it_was(Backend message) {
    roundTrip(Backend.CODECS, message);
    cutAtEveryByte(Backend.CODECS, message);
  }

  @ParameterizedTest
  @MethodSource("startup")
  void a_startup_message_comes_back_as_it_was(Startup message) {
    Buffer frame = Startup.frame(message);
    var frames = new Frames(0);
    for (int at = 0; at < frame.length() - 1; at++) {
      frames.append(frame.slice(at, at + 1));
      assertThat(frames.nextStartup()).isEmpty();
    }
    frames.append(frame.slice(frame.length() - 1, frame.length()));
    assertThat(Startup.decode(frames.nextStartup().orElseThrow())).isEqualTo(message);
    for (int length = 0; length < frame.length() - 4; length++) {
      Buffer cut = frame.slice(4, 4 + length);
      assertThatThrownBy(() -> Startup.decode(cut)).isInstanceOf(SqlError.class);
    }
    Buffer longer = frame.getBuffer(4, frame.length()).appendByte((byte) 1);
    assertThatThrownBy(() -> Startup.decode(longer)).isInstanceOf(SqlError.class);
  }

  @Test
  void every_codec_has_an_example() {
    var shown = new ArrayList<Class<?>>();
    frontend().forEach(message -> shown.add(message.getClass()));
    backend().forEach(message -> shown.add(message.getClass()));
    shown.add(Frontend.Malformed.class); // what no codec makes
    assertThat(shown).contains(Frontend.class.getPermittedSubclasses());
    assertThat(shown).contains(Backend.class.getPermittedSubclasses());
    Frontend.CODECS.codecs().forEach(codec -> assertThat(shown).contains(codec.type()));
    Backend.CODECS.codecs().forEach(codec -> assertThat(shown).contains(codec.type()));
  }

  @Test
  void random_bytes_are_a_message_or_a_protocol_violation() {
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] body = new byte[random.nextInt(40)];
      random.nextBytes(body);
      char tag = "QPBDECHSdcfpFXz".charAt(random.nextInt(15));
      try {
        Frontend.CODECS.decode(tag, Buffer.buffer(body));
      } catch (SqlError error) {
        assertThat(error.code()).isIn("08P01", "22021");
      }
    }
  }

  private static <M> void roundTrip(CodecTable<M> codecs, M message) {
    Buffer frame = codecs.frame(message);
    var frames = new Frames(1000);
    for (int at = 0; at < frame.length() - 1; at++) { // arrives byte by byte
      frames.append(frame.slice(at, at + 1));
      assertThat(frames.next()).isEmpty();
    }
    frames.append(frame.slice(frame.length() - 1, frame.length()));
    var read = frames.next().orElseThrow();
    M decoded = codecs.decode(read.tag(), read.body());
    assertThat(decoded).hasSameClassAs(message);
    assertThat(codecs.frame(decoded)).isEqualTo(frame);
    assertThat(frames.pendingBytes()).isZero();
  }

  private static <M> void cutAtEveryByte(CodecTable<M> codecs, M message) {
    Buffer frame = codecs.frame(message);
    char tag = (char) frame.getByte(0);
    boolean open = takesAnyLength(message);
    for (int length = 0; length < frame.length() - 5; length++) {
      Buffer cut = frame.slice(5, 5 + length);
      if (!open) {
        assertViolation(codecs, tag, cut);
      }
    }
    if (!open) {
      assertViolation(codecs, tag, frame.getBuffer(5, frame.length()).appendByte((byte) 1));
    }
  }

  /** Messages whose body is bytes up to the end: no cut can be seen. */
  private static boolean takesAnyLength(Object message) {
    return switch (message) {
      case Frontend.CopyData data -> true;
      case Frontend.Authentication authentication -> true;
      case Frontend.FunctionCall call -> true;
      case Backend.CopyData data -> true;
      case Backend.Authentication authentication -> true;
      default -> false;
    };
  }

  private static <M> void assertViolation(CodecTable<M> codecs, char tag, Buffer body) {
    assertThatThrownBy(() -> codecs.decode(tag, body))
        .isInstanceOfSatisfying(
            SqlError.class, error -> assertThat(error.code()).isEqualTo("08P01"));
  }
}
