import java.io.FileInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads a zip from its front to its end, without its directory, and prints name, length and MD5 of every entry. */
public class ReadZip {
    public static void main(String[] arguments) throws Exception {
        try (ZipInputStream zip = new ZipInputStream(new FileInputStream(arguments[0]))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] bytes = zip.readAllBytes();
                byte[] md5 = MessageDigest.getInstance("MD5").digest(bytes);
                System.out.println(entry.getName() + " " + bytes.length + " " + HexFormat.of().formatHex(md5));
            }
        }
    }
}
