package io.mq.grpc;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A client that speaks HTTP/2 frame by frame, so that it can do what no honest client does. Source: RFC 9113. */
final class RawHttp2 implements Closeable {

    static final int RST_STREAM = 0x3;
    static final int GOAWAY = 0x7;

    static final int REFUSED_STREAM = 0x7;
    static final int CANCEL = 0x8;
    static final int ENHANCE_YOUR_CALM = 0xb;

    static final int HEADERS = 0x1;

    private static final int DATA = 0x0;
    private static final int FRAME_BYTES_MAX = 16 << 10;
    private static final int SETTINGS = 0x4;
    private static final int END_HEADERS = 0x4;
    private static final int ACK = 0x1;

    private final Socket socket;
    private final DataInputStream in;

    record Frame(int type, int flags, int stream, ByteBuffer payload) {

        /** The error code of a RST_STREAM or a GOAWAY. */
        int error() {
            return payload.getInt(type == GOAWAY ? 4 : 0);
        }
    }

    private RawHttp2(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    static RawHttp2 connect(InetSocketAddress server) throws IOException {
        Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(ServerFixture.TIMEOUT_SECONDS * 1000);
        socket.setTcpNoDelay(true);
        RawHttp2 connection = new RawHttp2(socket);
        connection.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        connection.send(SETTINGS, 0, 0, new byte[0]);
        return connection;
    }

    /** Waits until the server has said what it takes. */
    RawHttp2 awaitSettings() throws IOException {
        Frame frame = read().orElseThrow();
        while (frame.type != SETTINGS || frame.flags == ACK) {
            frame = read().orElseThrow();
        }
        send(SETTINGS, ACK, 0, new byte[0]);
        return this;
    }

    /** Begins a call, and sends nothing of its request. */
    void beginCall(int stream, String method) throws IOException {
        send(HEADERS, END_HEADERS, stream, headers(method));
    }

    /** Sends some bytes of a call's request, which does not end with them. */
    void data(int stream, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += FRAME_BYTES_MAX) {
            send(DATA, 0, stream, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + FRAME_BYTES_MAX)));
        }
    }

    void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(CANCEL).array());
    }

    /** Waits for a frame of a type; empty where the server closes the connection before. */
    Optional<Frame> await(int type) throws IOException {
        Optional<Frame> frame = read();
        while (frame.isPresent() && frame.get().type != type) {
            frame = read();
        }
        return frame;
    }

    private Optional<Frame> read() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return Optional.of(new Frame(type, flags, stream, ByteBuffer.wrap(in.readNBytes(length))));
        } catch (EOFException | SocketException closed) {
            return Optional.empty();
        }
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >>> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        write(frame.array());
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** As RFC 7541 writes them without a table of its own: literals, and indexes into the static table. */
    private static byte[] headers(String method) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        literal(block, ":path", "/" + method);
        literal(block, ":authority", "localhost");
        literal(block, "content-type", "application/grpc");
        literal(block, "te", "trailers");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0x00);
        block.write(name.length());
        block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
