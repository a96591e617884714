using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Targets;

// A worker that checks itself all the time, and whose answers can be checked. Arguments: --load for threads that compute, allocate and
// collect; --calls for raw blocking system calls, which must not be mixed with collections: the runtime's own signals interrupt them.
// --hold MB keeps that much memory; --vfork FIFO has a thread that creates a process until somebody writes to that pipe. It listens on a loopback port, says "ready PID PORT", and answers a number n of 8 bytes by n * n + 1
// from blocking threads (odd connections) and from asynchronous ones (even connections). What goes wrong is a line "failed WHAT".

var held = new List<byte[]>();
var at = Array.IndexOf(args, "--hold");
for (var megabyte = 0; at >= 0 && megabyte < int.Parse(args[at + 1]); megabyte++)
{
    held.Add(new byte[1 << 20]);
    Array.Fill(held[^1], (byte)megabyte);
}

using var child = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Console.WriteLine("failed: SIGCHLD"));

if (args.Contains("--load"))
{
    Work.Start("sleeps", Work.Sleep);
    Work.Start("waits", Work.WaitInVain);
    Work.Start("hashes", Work.Hash);
    Work.Start("adds", Work.AddVectors);
    Work.Start("allocates", Work.AllocateAndCollect);
    Work.Start("threads", Work.CreateThreads);
    _ = Work.TickAsync();
}

if (args.Contains("--calls"))
{
    RawCalls.StartAll();
}

if (args.Contains("--vfork"))
{
    Work.Start("vfork", () => BlockedSpawn.Run(args[^1]));
}

var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
Console.WriteLine($"ready {Environment.ProcessId} {((IPEndPoint)listener.LocalEndpoint).Port}");
for (var connection = 0; ; connection++)
{
    var client = await listener.AcceptSocketAsync();
    client.NoDelay = true;
    if (connection % 2 == 1)
    {
        Work.Start("answers", () => Answers.Serve(client));
    }
    else
    {
        _ = Answers.ServeAsync(client);
    }
}

namespace Targets
{
    static class Answers
    {
        public static void Serve(Socket client)
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            var number = new byte[8];
            while (stream.ReadAtLeast(number, 8, throwOnEndOfStream: false) == 8)
            {
                stream.Write(Answer(number));
            }
        }

        public static async Task ServeAsync(Socket client)
        {
            try
            {
                await using var stream = new NetworkStream(client, ownsSocket: true);
                var number = new byte[8];
                while (await stream.ReadAtLeastAsync(number, 8, throwOnEndOfStream: false) == 8)
                {
                    await stream.WriteAsync(Answer(number));
                }
            }
            catch (Exception failure)
            {
                Console.WriteLine($"failed answers: {failure}");
            }
        }

        static byte[] Answer(byte[] number)
        {
            var n = BitConverter.ToInt64(number);
            return BitConverter.GetBytes((n * n) + 1);
        }
    }

    static class Work
    {
        public static void Start(string name, Action work) => new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception failure)
            {
                Console.WriteLine($"failed {name}: {failure}");
            }
        })
        { IsBackground = true, Name = name }.Start();

        public static void Sleep()
        {
            while (true)
            {
                var elapsed = Stopwatch.StartNew();
                Thread.Sleep(5);
                Expect(elapsed.Elapsed.TotalMilliseconds >= 4.9, $"slept {elapsed.Elapsed.TotalMilliseconds} ms of 5");
            }
        }

        public static void WaitInVain()
        {
            var gate = new object();
            using var semaphore = new SemaphoreSlim(0);
            while (true)
            {
                lock (gate)
                {
                    Expect(!Monitor.Wait(gate, 3), "woken by nobody");
                }

                Expect(!semaphore.Wait(3), "released by nobody");
            }
        }

        public static void Hash()
        {
            var text = new byte[100_000];
            var expected = SHA256.HashData(text);
            while (true)
            {
                Expect(SHA256.HashData(text).AsSpan().SequenceEqual(expected), "wrong hash");
                Thread.Sleep(1);
            }
        }

        // Registers full of values that nothing but this loop knows.
        public static void AddVectors()
        {
            while (true)
            {
                long a = 0, b = 1, c = 2, d = 3;
                double x = 0, y = 0.5, z = 0.25;
                for (var i = 0; i < 300_000; i++)
                {
                    a += i;
                    b += a & 0xff;
                    c ^= b;
                    d += c & 1;
                    x += 1;
                    y += 0.5;
                    z += x - y;
                }

                if (_sum is null)
                {
                    _sum = (a, b, c, d, x, y, z);
                }

                Expect(_sum == (a, b, c, d, x, y, z), "wrong sum");
                Thread.Sleep(1);
            }
        }

        static (long, long, long, long, double, double, double)? _sum;

        public static void AllocateAndCollect()
        {
            var random = new Random(1);
            var kept = new string[10_000];
            for (var i = 0; ; i++)
            {
                for (var j = 0; j < 2_000; j++)
                {
                    var slot = random.Next(kept.Length);
                    Expect(kept[slot] is null || kept[slot] == $"text {slot}", "wrong text");
                    kept[slot] = $"text {slot}";
                }

                if (i % 20 == 0)
                {
                    GC.Collect(i % 60 == 0 ? 2 : 0);
                }

                Thread.Sleep(1);
            }
        }

        public static void CreateThreads()
        {
            while (true)
            {
                var sum = 0;
                var thread = new Thread(() => sum = Enumerable.Range(0, 100).Sum());
                thread.Start();
                thread.Join();
                Expect(sum == 4950, "a thread computed wrongly");
                Thread.Sleep(2);
            }
        }

        public static async Task TickAsync()
        {
            try
            {
                using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
                while (await timer.WaitForNextTickAsync())
                {
                    await Task.Delay(1);
                }
            }
            catch (Exception failure)
            {
                Console.WriteLine($"failed ticks: {failure}");
            }
        }

        public static void Expect(bool holds, string otherwise)
        {
            if (!holds)
            {
                Console.WriteLine($"failed: {otherwise}");
            }
        }
    }

    // Calls that the kernel restarts by each of its rules, seen without the runtime's own retries.
    static unsafe partial class RawCalls
    {
        public static void StartAll()
        {
            var pipe = stackalloc int[2];
            Pipe(pipe);
            int reader = pipe[0], writer = pipe[1];
            Work.Start("read", () => Forever("read", () =>
            {
                byte b = 0;
                return Read(reader, &b, 1) == 1 && b == 42;
            }));
            Work.Start("write", () => Forever("write", () =>
            {
                Thread.Sleep(17);
                byte b = 42;
                return Write(writer, &b, 1) == 1;
            }));
            Work.Start("nanosleep", () => Forever("nanosleep", () =>
            {
                var time = stackalloc long[2] { 0, 30_000_000 };
                var began = Stopwatch.GetTimestamp();
                return NanoSleep(time, null) == 0 && Stopwatch.GetElapsedTime(began).TotalMilliseconds >= 29.9;
            }));
            Work.Start("poll", () => Forever("poll", () => Poll(null, 0, 30) == 0));
            Work.Start("select", () => Forever("select", () =>
            {
                var time = stackalloc long[2] { 0, 30_000 };
                return Select(0, null, null, null, time) == 0;
            }));
        }

        static void Forever(string name, Func<bool> call)
        {
            while (true)
            {
                if (!call())
                {
                    Console.WriteLine($"failed {name}: errno {Marshal.GetLastPInvokeError()}");
                }
            }
        }

        [LibraryImport("libc", EntryPoint = "pipe")] private static partial int Pipe(int* ends);
        [LibraryImport("libc", EntryPoint = "read", SetLastError = true)] private static partial nint Read(int file, byte* to, nint count);
        [LibraryImport("libc", EntryPoint = "write", SetLastError = true)] private static partial nint Write(int file, byte* from, nint count);
        [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)] private static partial int NanoSleep(long* time, long* left);
        [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)] private static partial int Poll(void* files, nint count, int timeout);
        [LibraryImport("libc", EntryPoint = "select", SetLastError = true)] private static partial int Select(int count, void* r, void* w, void* e, long* time);
    }

    // posix_spawn(3) suspends its thread until the child has run exec, and the child first opens a pipe to which nobody writes.
    static unsafe partial class BlockedSpawn
    {
        public static void Run(string fifo)
        {
            var actions = stackalloc byte[512];
            ActionsInit(actions);
            ActionsAddOpen(actions, 0, fifo, 0, 0);
            int child;
            var arguments = stackalloc nint[2] { Marshal.StringToHGlobalAnsi("true"), 0 };
            Work.Expect(Spawn(&child, "/bin/true", actions, null, arguments, null) == 0, "posix_spawn");
        }

        [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")] private static partial int ActionsInit(byte* actions);
        [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int ActionsAddOpen(byte* actions, int file, string path, int flags, uint mode);
        [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int Spawn(int* pid, string path, byte* actions, void* attributes, nint* arguments, nint* environment);
    }
}
