/*
 * Functions that came to bionic after API 24 and that std uses where they exist. With these here the program does
 * not ask a phone for them at all.
 */

#include <stddef.h>

extern long syscall(long number, ...);
extern int *__errno(void);

enum { NOT_IMPLEMENTED = 38 };

#if defined(__aarch64__)
enum { GETRANDOM = 278 };
#elif defined(__x86_64__)
enum { GETRANDOM = 318 };
#endif

/* The kernel has it even where the library does not; an older kernel says so, and callers then read /dev/urandom. */
long getrandom(void *buffer, size_t length, unsigned flags) { return syscall(GETRANDOM, buffer, length, flags); }

/* An app's system call filter may kill a program for trying; told that it is missing, std reads and writes instead. */
long copy_file_range(int from, void *from_at, int to, void *to_at, size_t length, unsigned flags)
{
    *__errno() = NOT_IMPLEMENTED;
    return -1;
}
