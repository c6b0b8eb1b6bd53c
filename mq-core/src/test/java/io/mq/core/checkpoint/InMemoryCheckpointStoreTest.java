package io.mq.core.checkpoint;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The store of most tests keeps to the contract too. */
class InMemoryCheckpointStoreTest extends CheckpointStoreContract {

    private final Map<Path, InMemoryCheckpointStore> opened = new HashMap<>();

    @Override
    protected CheckpointStore open(Path directory) {
        InMemoryCheckpointStore former = opened.get(directory);
        InMemoryCheckpointStore store =
                former == null ? new InMemoryCheckpointStore() : new InMemoryCheckpointStore(former.load());
        opened.put(directory, store);
        return store;
    }
}
