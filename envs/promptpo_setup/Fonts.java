import java.awt.image.BufferedImage;

/** Draws a letter; where Java cannot, prints why and ends with 1. */
class Fonts {
    public static void main(String[] arguments) {
        try {
            new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB)
                    .createGraphics()
                    .drawString("a", 0, 9);
        } catch (RuntimeException | Error failure) {
            Throwable cause = failure;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            System.out.println(cause.getMessage());
            System.exit(1);
        }
    }
}
