/* A small program for test-android to build in a right way and in many wrong ones. */

extern int close(int);

#ifdef LATER
#ifdef WEAKLY
extern int memfd_create(const char *, unsigned) __attribute__((weak));
#else
extern int memfd_create(const char *, unsigned); /* bionic has it from API 30 */
#endif
#endif
#ifdef ABROAD
extern int SSL_library_init(void);
#endif
#ifdef THREAD_LOCAL
__thread int mine;
#endif
#ifdef LARGE
const volatile char ballast[2200000] = { 1 };
#endif
#ifdef TEXT_RELOCATION
__asm__(".text\n.globl where\nwhere: .quad main\n");
extern void *where;
#endif
#ifdef WRITABLE_CODE
__asm__(".section .both, \"awx\"\n.quad 0\n.text\n");
#endif

int (*pointer)(int) = close; /* needs a relocation, as any real program does */

int main(int count, char **values)
{
#ifdef LATER
    count += memfd_create ? memfd_create("", 0) : 0;
#endif
#ifdef ABROAD
    count += SSL_library_init();
#endif
#ifdef THREAD_LOCAL
    mine += count;
    __asm__ volatile("" : : "r"(&mine));
#endif
#ifdef LARGE
    count += ballast[count];
#endif
#ifdef TEXT_RELOCATION
    count += where != 0;
#endif
    return pointer(count);
}
