/** Load runs. Each names what it compares with, and runs both in turn, in one go, on the same server. */
package io.mq.bench;
