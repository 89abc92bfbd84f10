/*
 * bionic's libc.so as far as a short run needs it, on top of the C library of a Linux machine: enough to start an
 * Android build of clawtap there and to see that it reaches main, does its work and ends with the right code.
 * What the two libraries lay out or number differently is translated here; everything else falls through.
 */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

extern int __sigaction(int, const struct sigaction *, struct sigaction *);
extern long __sysconf(int);
extern int __xpg_strerror_r(int, char *, size_t);
extern char *canonicalize_file_name(const char *);

int *__errno(void) { return &errno; }

void __libc_init(void **arguments, void (*unused)(void), int (*main)(int, char **, char **), void *structors)
{
    int count = *(int *)arguments;
    char **values = (char **)(arguments + 1);
    exit(main(count, values, values + count + 1));
}

struct bionic_sigaction {
    int flags; /* first on 64-bit, where the mask is one word */
    void (*handler)(int);
    unsigned long mask;
    void (*restorer)(void);
};

int sigaction(int number, const struct sigaction *new, struct sigaction *old)
{
    const struct bionic_sigaction *from = (const void *)new;
    struct bionic_sigaction *to = (void *)old;
    struct sigaction now = { 0 }, before;

    if (from) {
        now.sa_flags = from->flags;
        now.sa_handler = from->handler;
        __builtin_memcpy(&now.sa_mask, &from->mask, sizeof from->mask);
    }
    if (__sigaction(number, from ? &now : NULL, &before) != 0)
        return -1;
    if (to) {
        to->flags = before.sa_flags;
        to->handler = before.sa_handler;
        __builtin_memcpy(&to->mask, &before.sa_mask, sizeof to->mask);
        to->restorer = NULL;
    }
    return 0;
}

long sysconf(int name)
{
    switch (name) { /* bionic's numbers */
    case 0x27: case 0x28: return __sysconf(_SC_PAGESIZE);
    case 0x60: return __sysconf(_SC_NPROCESSORS_CONF);
    case 0x61: return __sysconf(_SC_NPROCESSORS_ONLN);
    default: return -1;
    }
}

/* bionic's attributes are smaller than some of glibc's, and its smallest stack is, too. */
struct bionic_attributes {
    size_t stack;
    char rest[48];
};

int pthread_attr_init(pthread_attr_t *attributes)
{
    __builtin_memset(attributes, 0, sizeof(struct bionic_attributes));
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attributes) { return 0; }

int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size)
{
    ((struct bionic_attributes *)attributes)->stack = size;
    return 0;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym((void *)-1, "pthread_create");
    (void)attributes; /* glibc's own stack size is large enough */
    return real(thread, NULL, run, argument);
}

int strerror_r(int number, char *text, size_t length) { return __xpg_strerror_r(number, text, length); }

/* A program without symbol versions gets glibc's oldest realpath, which refuses to allocate. */
char *realpath(const char *path, char *resolved)
{
    char *found = canonicalize_file_name(path);
    if (found == NULL || resolved == NULL)
        return found;
    __builtin_strcpy(resolved, found);
    free(found);
    return resolved;
}

/* Asked on aarch64 for the processor's name: some need another way to tell what they can do. */
int __system_property_get(const char *name, char *value)
{
    (void)name;
    value[0] = '\0';
    return 0;
}
