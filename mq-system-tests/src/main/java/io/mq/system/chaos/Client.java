package io.mq.system.chaos;

/** Something that uses the server for as long as it lives, and goes on with its next life where it was. */
interface Client {

    /** Works until the connection breaks or is closed. */
    void use(Connection connection);
}
