using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Runs work on a thread of its own and returns when that thread is gone, or when the work says that it has its result. The kernel lets
/// go of everything that a thread traces when it ends: no failure leaves a thread of the worker behind.
/// </summary>
internal sealed class TracerThread : IDisposable
{
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(10);

    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ready = new();
    private readonly ManualResetEventSlim _mayEnd = new();
    private ExceptionDispatchInfo? _failure;
    private int _tid;

    private TracerThread(Action<TracerThread> work, string name) =>
        _thread = new Thread(() => Run(work)) { IsBackground = true, Name = name };

    /// <summary>Returns when the work is ready or has failed; in the latter case throws what it threw.</summary>
    public static TracerThread Start(string name, Action<TracerThread> work)
    {
        WarmUp();
        var tracer = new TracerThread(work, name);
        tracer._thread.Start();
        tracer._ready.Wait();
        if (tracer._failure is { } failure)
        {
            tracer.Dispose();
            failure.Throw();
        }

        return tracer;
    }

    /// <summary>Called by the work: lets <see cref="Start"/> return, and blocks until <see cref="LetEnd"/> or <see cref="Dispose"/>.</summary>
    public void ReadyUntilDisposed()
    {
        _ready.Set();
        _mayEnd.Wait();
    }

    /// <summary>Ends the wait of <see cref="ReadyUntilDisposed"/> and returns at once.</summary>
    public void LetEnd() => _mayEnd.Set();

    public void Dispose()
    {
        LetEnd();
        _thread.Join();

        // The runtime calls a thread ended a little before the kernel does.
        SpinWait.SpinUntil(() => !Directory.Exists($"/proc/self/task/{_tid}"), EndDeadline);
        _mayEnd.Dispose();
        _ready.Dispose();
    }

    private void Run(Action<TracerThread> work)
    {
        _tid = Ptrace.ThreadId();
        try
        {
            work(this);
        }
#pragma warning disable CA1031 // Thrown again in the thread that asked.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            _ready.Set();
        }
    }

    /// <summary>While a worker stands still nothing is compiled and no symbol looked up: both take longer than the stop itself.</summary>
    private static void WarmUp()
    {
        const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        IEnumerable<Type> types = typeof(TracerThread).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(TracerThread).Namespace || type == typeof(Ptrace) || type == typeof(WaitStatus));
        foreach (MethodBase method in types.SelectMany(type => type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own))))
        {
            if (!method.IsAbstract && !method.ContainsGenericParameters)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }

        // No thread has such an id (the highest is 4194304, proc_sys_kernel(5)): each is refused.
        const int Nobody = int.MaxValue;
        Ptrace.Request(PtraceRequest.Detach, Nobody);
        Ptrace.Wait(Nobody, blocks: false, out _);
        Ptrace.Reap(Nobody, out _);
        Ptrace.EventMessage(Nobody);
        Ptrace.Yield();
        Ptrace.Kill(Nobody, 0);
        _ = Ptrace.ThreadId();
    }
}
