package io.mq.bench.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MetricsPageTest {

    private static final String TEXT = """
            # TYPE jvm_memory_used_bytes gauge
            jvm_memory_used_bytes{area="heap"} 5.5E7
            jvm_memory_used_bytes{area="nonheap"} 9.0E7
            jvm_memory_used_bytes_other{area="heap"} 1.0
            jvm_memory_pool_collection_used_bytes{pool="Eden Space"} 0.0
            jvm_memory_pool_collection_used_bytes{pool="Tenured Gen"} 4.2E7
            jvm_memory_pool_collection_used_bytes{pool="Survivor Space"} 1000000.0
            mq_ready 1.0
            """;

    private final MetricsPage page = new MetricsPage(TEXT);

    @Test
    void aSeriesIsFoundByItsLabel() {
        assertThat(page.sum("jvm_memory_used_bytes", "area=\"heap\"")).hasValue(5.5e7);
        assertThat(page.sum("mq_ready", "")).hasValue(1);
    }

    @Test
    void allSeriesOfANameAreAddedUp() {
        assertThat(page.sum("jvm_memory_pool_collection_used_bytes", "")).hasValue(4.3e7);
    }

    @Test
    void aNameThatIsNotThereHasNoSum() {
        assertThat(page.sum("jvm_memory", "")).isEmpty();
        assertThat(page.sum("mq_ready", "area=\"heap\"")).isEmpty();
    }

    @Test
    void thePageIsReadOverHttp() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            byte[] body = TEXT.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            assertThat(MetricsPage.read(url)).isEqualTo(page);
            assertThatIOException()
                    .isThrownBy(() -> MetricsPage.read(url + "/elsewhere"))
                    .withMessageContaining("answers 404");
        } finally {
            server.stop(0);
        }
    }
}
