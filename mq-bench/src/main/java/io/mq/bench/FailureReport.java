package io.mq.bench;

import io.grpc.StatusRuntimeException;
import io.mq.client.MqException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells what went wrong in a line where the failure says it, and leaves everything else to its stack trace. */
final class FailureReport implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments)
            throws Exception {
        Exception cause = cause(failure);
        if (!saysWhatWentWrong(cause)) {
            throw failure;
        }
        command.getErr().println("%s: %s".formatted(command.getCommandSpec().qualifiedName(), text(cause)));
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    /** gRPC appends a stack trace to what a connection failed with. */
    private static String text(Exception failure) {
        return failure instanceof IOException
                ? failure.getMessage()
                : failure.getMessage().lines().findFirst().orElse("");
    }

    /** What a future failed with. */
    private static Exception cause(Exception failure) {
        return failure instanceof CompletionException && failure.getCause() instanceof Exception cause
                ? cause
                : failure;
    }

    private static boolean saysWhatWentWrong(Exception failure) {
        // Those of the file system name the file and nothing else.
        return (failure instanceof IOException && !(failure instanceof FileSystemException))
                || failure instanceof MqException
                || failure instanceof StatusRuntimeException;
    }
}
