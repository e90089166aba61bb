import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Passes bytes between clients and one server and looks at none of them: the floor under everything
 * that stands between the two. {@code java Relay.java PORT SERVER_PORT}, loopback only.
 */
public final class Relay {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** One direction: what was read and the other side has not taken yet. */
  private static final class Pipe {
    private final SocketChannel from;
    private final ByteBuffer pending = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private Pipe back;
    private SelectionKey key; // of the channel it reads from

    Pipe(SocketChannel from) {
      this.from = from;
    }

    /** Passes on what there is. Reads again only when all of it is gone. */
    void pass() throws IOException {
      if (!pending.hasRemaining()) {
        pending.clear();
        int count = from.read(pending);
        pending.flip();
        if (count < 0) {
          throw new IOException("closed");
        }
      }
      back.from.write(pending);
      boolean all = !pending.hasRemaining();
      set(key, SelectionKey.OP_READ, all);
      set(back.key, SelectionKey.OP_WRITE, !all);
    }

    private static void set(SelectionKey key, int operation, boolean on) {
      int before = key.interestOps();
      int after = on ? before | operation : before & ~operation;
      if (after != before) {
        key.interestOps(after);
      }
    }

    void close() throws IOException {
      from.close();
      back.from.close();
    }
  }

  /** One thread. */
  private static final class Loop implements Runnable {
    private final Selector selector = Selector.open();
    private final Queue<Pipe> arrived = new ConcurrentLinkedQueue<>();

    Loop() throws IOException {}

    void add(Pipe client) {
      arrived.add(client);
      selector.wakeup();
    }

    @Override
    public void run() {
      try {
        while (true) {
          selector.select(this::ready);
          for (Pipe client = arrived.poll(); client != null; client = arrived.poll()) {
            client.key = client.from.register(selector, SelectionKey.OP_READ, client);
            client.back.key = client.back.from.register(selector, SelectionKey.OP_READ, client.back);
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void ready(SelectionKey key) {
      var pipe = (Pipe) key.attachment();
      try {
        if (key.isWritable()) {
          pipe.back.pass();
        }
        if (key.isValid() && key.isReadable()) {
          pipe.pass();
        }
      } catch (IOException e) {
        try {
          pipe.close();
        } catch (IOException closing) {
          // it is gone either way
        }
      }
    }
  }

  public static void main(String[] ports) throws IOException {
    var loopback = InetAddress.getByName("127.0.0.1");
    var server = new InetSocketAddress(loopback, Integer.parseInt(ports[1]));
    var loops = new Loop[Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < loops.length; i++) {
      loops[i] = new Loop();
      new Thread(loops[i], "relay-" + i).start();
    }
    var listening = ServerSocketChannel.open();
    listening.bind(new InetSocketAddress(loopback, Integer.parseInt(ports[0])), 1024);
    for (int next = 0; ; next = (next + 1) % loops.length) {
      var client = new Pipe(listening.accept());
      client.back = new Pipe(SocketChannel.open(server));
      client.back.back = client;
      for (SocketChannel channel : new SocketChannel[] {client.from, client.back.from}) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
      }
      loops[next].add(client);
    }
  }
}
