using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Targets;

/// <summary>Objects in every way that a heap can hold them, each of a type of its own so that it can be counted.</summary>
public static class Kinds
{
    public const int Many = 20_000;
    public const int Some = 500;

    public static readonly object[] Large = [.. Enumerable.Range(0, 200_000).Select(_ => new InLargeArray())];
    public static readonly Pair[] Structs = [.. Enumerable.Range(0, Some).Select(n => new Pair { Number = n, First = new InStruct(), Second = new InStruct() })];
    public static readonly Dictionary<Pair, InDictionary> Table = [];
    public static readonly ConditionalWeakTable<Key, Dependent> Dependents = [];
    public static readonly List<Key> Keys = [];
    public static readonly List<object> Collectibles = [];
    public static readonly List<Timer> Timers = [];
    public static readonly byte[] Pinned = GC.AllocateArray<byte>(100_000, pinned: true);
    public static readonly object[,] Grid = new object[30, 20];
    public static readonly List<List<Nested.Inner<string>>> Generics = [];
    public static readonly Finalizable Ending = new();
    public static readonly string Literal = "a literal lies in a frozen segment";

    /// <summary>A struct with a reference, which the runtime keeps boxed.</summary>
    public static Pair InStatic = new() { First = new InStaticStruct(), Second = new InStaticStruct() };

    [ThreadStatic]
    private static List<OfThread>? t_mine;

    private static Linked? s_first;
    private static GCHandle s_handle;

    public static void Fill()
    {
        for (var i = 0; i < Many; i++)
        {
            s_first = new Linked { Next = s_first };
        }

        for (var i = 0; i < Some; i++)
        {
            Table.Add(new Pair { Number = i }, new InDictionary());
            Keys.Add(new Key());
            Dependents.Add(Keys[^1], new Dependent());
            Timers.Add(new Timer(_ => { }, new OfTimer(), Timeout.Infinite, Timeout.Infinite));
            Grid[i % 30, i / 30] = new InGrid();
            Generics.Add([new Nested.Inner<string> { Value = new InGeneric() }]);
            Generic<int>.Held.Add(new InGenericStatic());
        }

        MakeCollectible();
        s_handle = GCHandle.Alloc(new Handled());
        t_mine = [.. Enumerable.Range(0, Some).Select(_ => new OfThread())];
        Generic<string>.KeepInThread();

        // One that keeps its thread statics for ever, as a pool thread would.
        new Thread(() =>
        {
            Generic<string>.KeepInThread();
            t_mine = [.. Enumerable.Range(0, Some).Select(_ => new OfThread())];
            Thread.Sleep(Timeout.Infinite);
        }) { IsBackground = true, Name = "keeper" }.Start();
        while (t_mine.Count != Some)
        {
            Thread.Yield();
        }

        GC.KeepAlive(s_handle);
    }

    /// <summary>Types that can be unloaded keep their loader alive through every instance.</summary>
    private static void MakeCollectible()
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Unloadable"), AssemblyBuilderAccess.RunAndCollect);
        var builder = assembly.DefineDynamicModule("Unloadable").DefineType("Unloadable.Thing", TypeAttributes.Public);
        builder.DefineField("Other", typeof(object), FieldAttributes.Public);
        var type = builder.CreateType();
        for (var i = 0; i < Some; i++)
        {
            var thing = Activator.CreateInstance(type)!;
            type.GetField("Other")!.SetValue(thing, new InCollectible());
            Collectibles.Add(thing);
        }
    }

    public struct Pair
    {
        public object? First;
        public int Number;
        public object? Second;
    }

    public sealed class Linked
    {
        public Linked? Next;
    }

    public static class Generic<T>
    {
        public static readonly List<InGenericStatic> Held = [];

        [ThreadStatic]
        private static List<OfGenericThread>? t_kept;

        /// <summary>On no stack afterwards.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void KeepInThread() => t_kept = [.. Enumerable.Range(0, Some).Select(_ => new OfGenericThread())];
    }

    public static class Nested
    {
        public sealed class Inner<T>
        {
            public object? Value;
        }
    }

    public sealed class Finalizable
    {
        ~Finalizable() => GC.KeepAlive(this);
    }

    public sealed class InLargeArray;

    public sealed class InStruct;

    public sealed class InStaticStruct;

    public sealed class InDictionary;

    public sealed class InGrid;

    public sealed class InGeneric;

    public sealed class InGenericStatic;

    public sealed class InCollectible;

    public sealed class Key;

    public sealed class Dependent;

    public sealed class OfTimer;

    public sealed class OfThread;

    public sealed class OfGenericThread;

    public sealed class Handled;
}
