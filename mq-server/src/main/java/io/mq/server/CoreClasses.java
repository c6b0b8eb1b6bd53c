package io.mq.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;

/**
 * The application's core, for what runs without the application server. It is in a class loader that goes away again: on
 * the launcher's class path, these classes would come before those of the application itself.
 */
final class CoreClasses implements Closeable {

    /** Where the assembly puts them in the jar. */
    private static final String CLASSES = "mq/core/";

    private final URLClassLoader loader;

    private CoreClasses(URLClassLoader loader) {
        this.loader = loader;
    }

    static CoreClasses open() throws StartupFailedException {
        URL classes = CoreClasses.class.getClassLoader().getResource(CLASSES);
        if (classes == null) {
            throw new StartupFailedException(
                    StartupFailedException.INTERNAL, "this is not the jar that the build of mq makes; run ./mq server");
        }
        try {
            return new CoreClasses(
                    new URLClassLoader(new URL[] {URI.create(classes.toString()).toURL()}));
        } catch (IOException e) {
            throw new StartupFailedException(StartupFailedException.INTERNAL, "cannot read the launcher's jar: " + e);
        }
    }

    /** Calls a static method whose parameters and result are types of the JDK. */
    Object call(String className, String method, Object... arguments) throws StartupFailedException {
        Class<?>[] types = new Class<?>[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            types[i] = arguments[i].getClass();
        }
        try {
            return loader.loadClass(className).getMethod(method, types).invoke(null, arguments);
        } catch (ReflectiveOperationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StartupFailedException(StartupFailedException.INTERNAL, className + " failed: " + cause);
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
