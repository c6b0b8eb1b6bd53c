package io.mq.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.mq.core.config.ConfigFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** The arrows of the architecture page, inside the core: who may know whom, and who may touch what. */
@AnalyzeClasses(packages = "io.mq.core", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule errorKnowsNobody = arrows("error");

    @ArchTest
    static final ArchRule fileKnowsNobody = arrows("file");

    @ArchTest
    static final ArchRule messageKnowsErrors = arrows("message", "error");

    @ArchTest
    static final ArchRule configKnowsWhatItConfigures = arrows("config", "message", "error");

    @ArchTest
    static final ArchRule commandKnowsMessages = arrows("command", "message", "error");

    @ArchTest
    static final ArchRule journalKnowsCommands = arrows("journal", "command", "file", "error");

    @ArchTest
    static final ArchRule storageKnowsMessages = arrows("storage", "message", "file", "error");

    @ArchTest
    static final ArchRule stateKnowsStorageAndCommands =
            arrows("state", "storage", "command", "message", "file", "error");

    @ArchTest
    static final ArchRule checkpointKnowsStateStorageAndJournal =
            arrows("checkpoint", "state", "storage", "journal", "command", "message", "file");

    @ArchTest
    static final ArchRule deliveryKnowsState = arrows("delivery", "state", "storage", "message", "file", "error");

    @ArchTest
    static final ArchRule placementKnowsNobody = arrows("placement");

    @ArchTest
    static final ArchRule clusterKnowsErrors = arrows("cluster", "error");

    @ArchTest
    static final ArchRule nobodyKnowsTheBroker = noClasses()
            .that()
            .resideOutsideOfPackage("io.mq.core.broker..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.mq.core.broker..");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("io.mq.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule coreIsPlainJava = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta..", "javax..", "io.grpc..", "org.jgroups..", "java.sql..");

    @ArchTest
    static final ArchRule onlyFileTouchesTheFileSystem = noClasses()
            .that()
            .resideOutsideOfPackage("io.mq.core.file")
            .and()
            // Settings are read before there is anything to be kept.
            .doNotHaveFullyQualifiedName(ConfigFile.class.getName())
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(FileChannel.class, Files.class, java.io.File.class);

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callMethodWhere(target("sleep", Thread.class));

    @ArchTest
    static final ArchRule nobodyAsksTheWallClock = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Clock.class);

    /** An interrupt inside a file operation makes the JDK close the file for everyone. */
    @ArchTest
    static final ArchRule nobodyInterruptsAThreadThatMayWaitForTheDisk = noClasses()
            .should()
            .callMethodWhere(target("shutdownNow", ExecutorService.class))
            .orShould()
            .callMethodWhere(target("cancel", Future.class));

    @ArchTest
    static final ArchRule nobodyMakesRandomness = noClasses().should().callConstructor(Random.class);

    /** A package may use the JDK, the batch format, itself and these. */
    private static ArchRule arrows(String from, String... to) {
        String[] allowed = Stream.concat(
                        Stream.of("java..", "io.mq.batch..", pattern(from)),
                        Stream.of(to).map(ArchitectureTest::pattern))
                .toArray(String[]::new);
        return classes()
                .that(resideInAPackage(pattern(from)))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed);
    }

    private static String pattern(String room) {
        return "io.mq.core." + room + "..";
    }

    private static DescribedPredicate<JavaMethodCall> target(String method, Class<?> owner) {
        return DescribedPredicate.describe(
                "to " + owner.getSimpleName() + "." + method,
                call -> call.getTargetOwner().isAssignableTo(owner)
                        && call.getName().equals(method));
    }
}
