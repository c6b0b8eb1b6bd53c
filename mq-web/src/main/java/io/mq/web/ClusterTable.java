package io.mq.web;

import io.mq.web.ClusterJson.Cluster;
import io.mq.web.ClusterJson.ClusterNode;
import io.mq.web.ClusterJson.Replica;
import io.mq.web.ClusterJson.Shard;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The cluster as a table, for whoever asks for plain text. */
@Provider
@Produces(MediaType.TEXT_PLAIN)
public class ClusterTable implements MessageBodyWriter<Cluster> {

    private static final double GB = 1e9;

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == Cluster.class;
    }

    @Override
    public void writeTo(
            Cluster cluster,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        out.write(text(cluster).getBytes(StandardCharsets.UTF_8));
    }

    static String text(Cluster cluster) {
        StringBuilder text = new StringBuilder();
        text.append(
                cluster.clusterId() == null
                        ? "no cluster\n"
                        : "cluster %s, coordinator %s\n".formatted(cluster.clusterId(), cluster.coordinator()));
        for (Shard shard : cluster.shards()) {
            text.append("shard %s, term %d, %s\n"
                    .formatted(
                            shard.name(),
                            shard.term(),
                            shard.leader() == null ? "nobody leads" : "leader " + shard.leader()));
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("node", "state"));
        for (Shard shard : cluster.shards()) {
            header.addAll(List.of("shard " + shard.name(), "lag"));
        }
        header.addAll(List.of("disk free", "gRPC", "REST"));
        rows.add(header);
        cluster.nodes().forEach(node -> rows.add(row(node, cluster.shards())));
        text.append('\n').append(aligned(rows));
        cluster.nodes()
                .forEach(node ->
                        node.problems().forEach(problem -> text.append("\n%s: %s".formatted(node.nodeId(), problem))));
        return text.append(
                        cluster.nodes().stream()
                                        .allMatch(node -> node.problems().isEmpty())
                                ? ""
                                : "\n")
                .toString();
    }

    private static List<String> row(ClusterNode node, List<Shard> shards) {
        List<String> row = new ArrayList<>(List.of(node.nodeId(), state(node)));
        for (Shard shard : shards) {
            Optional<Replica> replica = shard.replicas().stream()
                    .filter(each -> each.nodeId().equals(node.nodeId()))
                    .findFirst();
            row.add(replica.map(each -> each.role().toLowerCase(Locale.ROOT)).orElse("-"));
            row.add(replica.map(Replica::lagEntries).map(Object::toString).orElse("-"));
        }
        row.add(
                node.usableDiskBytes() == null
                        ? "-"
                        : String.format(Locale.ROOT, "%.1f GB", node.usableDiskBytes() / GB));
        row.add(node.grpcAddress() == null ? "-" : node.grpcAddress());
        row.add(node.httpAddress() == null ? "-" : node.httpAddress());
        return row;
    }

    private static String state(ClusterNode node) {
        if (!node.present()) {
            return "absent";
        }
        if (!node.problems().isEmpty()) {
            return "in trouble";
        }
        return node.draining() ? "draining" : "ready";
    }

    private static String aligned(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
