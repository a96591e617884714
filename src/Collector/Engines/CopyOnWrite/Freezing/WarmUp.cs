using System.Reflection;
using System.Runtime.CompilerServices;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>Compiles what runs while the worker stands still: a method that is compiled there costs it up to a millisecond.</summary>
internal static class WarmUp
{
    private const int NoProcess = int.MaxValue;

    private static readonly Type[] InThePause = [typeof(Ptrace), typeof(StoppedThreads), typeof(BorrowedCall), typeof(HealingStub), typeof(ThreadRegisters), typeof(FrozenCopy), typeof(WaitStatus)];

    public static void Run()
    {
        const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (MethodBase method in InThePause.SelectMany(type => type.GetNestedTypes(all).Append(type)).Where(type => !type.ContainsGenericParameters)
                     .SelectMany(type => type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)))
                     .Where(method => !method.IsAbstract && !method.ContainsGenericParameters))
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }

        // The transitions to native code are made at the first call only. Nobody has this number.
        Ptrace.Try(Ptrace.Detach, NoProcess, 0, 0);
        Ptrace.TryWait(NoProcess, out _);
        Ptrace.Poll(out _);
        _ = Ptrace.Yield();
        _ = HealingStub.Build(new ulong[ThreadRegisters.Words], isFork: true);
    }
}
