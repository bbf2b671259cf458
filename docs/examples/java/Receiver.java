import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A receiver with nothing but the JDK: java Receiver.java PORT KEY. */
final class Receiver {
    /** A table of yours, by what a notification and each retry of it are called. */
    private static final Map<String, String> CALLBACKS = new ConcurrentHashMap<>();

    public static void main(String[] words) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(words[0])), 0);
        server.createContext("/callbacks", exchange -> take(exchange, words[1]));
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort() + "/callbacks");
    }

    private static void take(HttpExchange exchange, String key) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean signed = isSigned(body, key, exchange.getRequestHeaders().getFirst("Elements-Webhook-Signature"));
        String id = exchange.getRequestHeaders().getFirst("Elements-Webhook-Id");
        if (signed && CALLBACKS.putIfAbsent(id, new String(body, StandardCharsets.UTF_8)) == null) {
            System.out.println("new: " + id);
        }
        exchange.sendResponseHeaders(signed ? 204 : 401, -1);
        exchange.close();
    }

    /** Whether a callback was signed with the key: over the body's bytes as they came, before they are parsed. */
    static boolean isSigned(byte[] body, String key, String header) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String expected = "sha256=" + Base64.getEncoder().encodeToString(mac.doFinal(body));
            return header != null && MessageDigest.isEqual(expected.getBytes(), header.getBytes());
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }
}
