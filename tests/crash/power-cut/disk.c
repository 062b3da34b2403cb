/*
 * disk - a disk with a write cache, and a power switch.
 *
 *	disk DIRECTORY IMAGE
 *
 * Mounts a filesystem (FUSE, spoken by hand) on DIRECTORY that holds one
 * file, "disk", which begins as a copy of IMAGE: a loop device on top of it
 * is the disk.  A write goes to the cache and can be read back; only a flush
 * (the block layer's FLUSH arrives here as fsync) makes it last.  On standard
 * input, one a line:
 *
 *	cut flushed PATH        what a power cut leaves when the cache is lost
 *	cut some PATH           ... and any blocks of the cache got written
 *	cut all PATH            ... and the whole cache got written
 *
 * each is answered with "PENDING", the number of writes in the cache.  Being
 * one thread, a cut is one instant.  The end of the input ends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum {
	FILE_NODE = 2,           /* FUSE_ROOT_ID is 1 */
	WRITE_MAX = 1024 * 1024,
	BLOCK = 4096             /* written whole or not at all */
};

struct pending {
	off_t at;
	size_t len;
	char *bytes;
};

static struct disk {
	int fuse_fd;
	int now_fd;      /* with the cache: what reads see */
	int flushed_fd;  /* without: what lasts */
	off_t size;
	struct pending *cache;
	size_t count, cap;
} disk;

static void
fail(const char *what)
{
	perror(what);
	exit(111);
}

static void
put(int fd, const char *bytes, size_t len, off_t at)
{
	if (pwrite(fd, bytes, len, at) != (ssize_t)len)
		fail("disk: pwrite");
}

/* Copies what is there and keeps the holes. */
static void
copy_image(int from, int to, off_t size)
{
	static char buffer[WRITE_MAX];
	off_t at = 0, end;

	if (ftruncate(to, size) < 0)
		fail("disk: ftruncate");
	while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
		end = lseek(from, at, SEEK_HOLE);
		while (at < end) {
			size_t want = sizeof buffer;

			if ((off_t)want > end - at)
				want = (size_t)(end - at);
			if (pread(from, buffer, want, at) != (ssize_t)want)
				fail("disk: pread");
			put(to, buffer, want, at);
			at += (off_t)want;
		}
	}
}

static void
cache_write(const char *bytes, size_t len, off_t at)
{
	struct pending *p;

	if (disk.count == disk.cap) {
		disk.cap = disk.cap ? 2 * disk.cap : 64;
		disk.cache = realloc(disk.cache, disk.cap * sizeof *p);
		if (!disk.cache)
			fail("disk: realloc");
	}
	p = &disk.cache[disk.count++];
	*p = (struct pending){at, len, malloc(len)};
	if (!p->bytes)
		fail("disk: malloc");
	memcpy(p->bytes, bytes, len);
	put(disk.now_fd, bytes, len, at);
}

static void
cache_flush(void)
{
	for (size_t i = 0; i < disk.count; i++) {
		struct pending *p = &disk.cache[i];

		put(disk.flushed_fd, p->bytes, p->len, p->at);
		free(p->bytes);
	}
	disk.count = 0;
}

/* The blocks of one cached write that happened to reach the platter. */
static void
write_some(int fd, const struct pending *p)
{
	for (size_t done = 0, part; done < p->len; done += part) {
		off_t at = p->at + (off_t)done;

		part = BLOCK - (size_t)(at % BLOCK);
		if (part > p->len - done)
			part = p->len - done;
		if (random() & 1)
			put(fd, p->bytes + done, part, at);
	}
}

static void
cut(const char *how, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	int all = strcmp(how, "all") == 0;

	if (fd < 0)
		fail(path);
	copy_image(all ? disk.now_fd : disk.flushed_fd, fd, disk.size);
	if (strcmp(how, "some") == 0)
		for (size_t i = 0; i < disk.count; i++)
			write_some(fd, &disk.cache[i]);
	close(fd);
	printf("%zu\n", disk.count);
	fflush(stdout);
}

static void
answer(const struct fuse_in_header *in, int error, const void *body,
    size_t len)
{
	static char packet[sizeof(struct fuse_out_header) + WRITE_MAX];
	struct fuse_out_header out = {
		.len = (uint32_t)(sizeof out + len),
		.error = -error,
		.unique = in->unique
	};

	memcpy(packet, &out, sizeof out);
	if (len)
		memcpy(packet + sizeof out, body, len);
	if (write(disk.fuse_fd, packet, out.len) < 0 && errno != ENOENT)
		fail("disk: answer");
}

static struct fuse_attr
attributes(uint64_t node)
{
	if (node == FUSE_ROOT_ID)
		return (struct fuse_attr){.ino = 1, .nlink = 2,
		    .mode = S_IFDIR | 0700};
	return (struct fuse_attr){.ino = node, .nlink = 1,
	    .mode = S_IFREG | 0600, .size = (uint64_t)disk.size,
	    .blocks = (uint64_t)disk.size / 512, .blksize = BLOCK};
}

static void
do_init(const struct fuse_in_header *in, const void *body)
{
	const struct fuse_init_in *init = body;
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = init->max_readahead,
		.flags = init->flags & (FUSE_BIG_WRITES | FUSE_MAX_PAGES),
		.max_background = 16,
		.congestion_threshold = 12,
		.max_write = WRITE_MAX,
		.max_pages = WRITE_MAX / 4096
	};

	answer(in, 0, &out, sizeof out);
}

static void
do_lookup(const struct fuse_in_header *in, const void *body)
{
	struct fuse_entry_out out = {.nodeid = FILE_NODE,
	    .entry_valid = 3600, .attr_valid = 3600};

	if (strcmp(body, "disk") != 0) {
		answer(in, ENOENT, NULL, 0);
		return;
	}
	out.attr = attributes(FILE_NODE);
	answer(in, 0, &out, sizeof out);
}

static void
do_read(const struct fuse_in_header *in, const void *body)
{
	static char buffer[WRITE_MAX];
	const struct fuse_read_in *read_in = body;
	size_t want = read_in->size;
	ssize_t n;

	if (want > sizeof buffer)
		want = sizeof buffer;
	n = pread(disk.now_fd, buffer, want, (off_t)read_in->offset);
	answer(in, n < 0 ? errno : 0, buffer, n < 0 ? 0 : (size_t)n);
}

static void
do_write(const struct fuse_in_header *in, const void *body)
{
	const struct fuse_write_in *write_in = body;
	struct fuse_write_out out = {.size = write_in->size};

	cache_write((const char *)(write_in + 1), write_in->size,
	    (off_t)write_in->offset);
	answer(in, 0, &out, sizeof out);
}

static void
serve(const struct fuse_in_header *in)
{
	const void *body = in + 1;
	struct fuse_attr_out attr = {.attr_valid = 3600,
	    .attr = attributes(in->nodeid)};
	struct fuse_open_out opened = {.open_flags = FOPEN_KEEP_CACHE};
	struct fuse_statfs_out statfs_out = {.st = {.bsize = BLOCK}};

	switch (in->opcode) {
	case FUSE_INIT:
		do_init(in, body);
		break;
	case FUSE_LOOKUP:
		do_lookup(in, body);
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		answer(in, 0, &attr, sizeof attr);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(in, 0, &opened, sizeof opened);
		break;
	case FUSE_STATFS:
		answer(in, 0, &statfs_out, sizeof statfs_out);
		break;
	case FUSE_READ:
		do_read(in, body);
		break;
	case FUSE_WRITE:
		do_write(in, body);
		break;
	case FUSE_FSYNC:
		cache_flush();
		answer(in, 0, NULL, 0);
		break;
	case FUSE_READDIR:
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		answer(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break; /* these have no answer */
	default:
		answer(in, ENOSYS, NULL, 0);
	}
}

/* One request from the kernel.  0, or -1 when the filesystem is unmounted. */
static int
serve_one(void)
{
	static char request[WRITE_MAX + 4096]
	    __attribute__((aligned(sizeof(uint64_t))));
	ssize_t n = read(disk.fuse_fd, request, sizeof request);

	if (n < 0 && errno == ENODEV)
		return -1;
	if (n < 0 && errno != EINTR && errno != ENOENT && errno != EAGAIN)
		fail("disk: read");
	if (n >= (ssize_t)sizeof(struct fuse_in_header))
		serve((const struct fuse_in_header *)request);
	return 0;
}

/* One line of orders.  0, or -1 at the end. */
static int
obey(void)
{
	static char line[4200];
	char how[16], path[4096];

	if (!fgets(line, sizeof line, stdin))
		return -1;
	if (sscanf(line, "cut %15s %4095s", how, path) == 2)
		cut(how, path);
	return 0;
}

static void
mount_on(const char *directory)
{
	char options[128];

	disk.fuse_fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (disk.fuse_fd < 0)
		fail("disk: /dev/fuse");
	snprintf(options, sizeof options,
	    "fd=%d,rootmode=40000,user_id=0,group_id=0,max_read=%d",
	    disk.fuse_fd, WRITE_MAX);
	if (mount("disk", directory, "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		fail("disk: mount");
}

static void
load(const char *image)
{
	int fd = open(image, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail(image);
	disk.size = lseek(fd, 0, SEEK_END);
	disk.now_fd = memfd_create("now", MFD_CLOEXEC);
	disk.flushed_fd = memfd_create("flushed", MFD_CLOEXEC);
	if (disk.now_fd < 0 || disk.flushed_fd < 0)
		fail("disk: memfd_create");
	copy_image(fd, disk.now_fd, disk.size);
	copy_image(fd, disk.flushed_fd, disk.size);
	close(fd);
}

int
main(int argc, char *argv[])
{
	struct pollfd ready[2];

	if (argc != 3) {
		fputs("usage: disk DIRECTORY IMAGE\n", stderr);
		return 100;
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	srandom((unsigned)getpid());
	load(argv[2]);
	mount_on(argv[1]);
	ready[0] = (struct pollfd){.fd = disk.fuse_fd, .events = POLLIN};
	ready[1] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
	puts("mounted");
	fflush(stdout);
	while (poll(ready, 2, -1) > 0 || errno == EINTR) {
		if (ready[0].revents && serve_one() < 0)
			break;
		if (ready[1].revents && obey() < 0)
			break;
	}
	umount2(argv[1], MNT_DETACH);
	return 0;
}
