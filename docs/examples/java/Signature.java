import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class Signature {
    /** Whether a callback was signed with the key: over the body's bytes as they came. */
    static boolean isSigned(byte[] body, String key, String header) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String expected = "sha256=" + Base64.getEncoder().encodeToString(mac.doFinal(body));
        return header != null && MessageDigest.isEqual(expected.getBytes(), header.getBytes());
    }

    /** java Signature.java KEY HEADER < body.json */
    public static void main(String[] words) throws Exception {
        System.out.println(isSigned(System.in.readAllBytes(), words[0], words[1]));
    }
}
