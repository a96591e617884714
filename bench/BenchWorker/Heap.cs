namespace BenchTarget;

/// <summary>
/// A heap of a known size: nodes of four objects each (the node, a byte[64], a string, a boxed int), 192 bytes together, so that 40 million
/// objects are 1.9 GB; and a small menagerie of the shapes that a type name or a count can get wrong.
/// </summary>
public static class Heap
{
    private const int ObjectsPerNode = 4;

    public static readonly List<Node> Nodes = [];
    public static readonly List<object> Menagerie = [];

    /// <summary>What certainly is alive; the runtime itself adds some thousands.</summary>
    public static long ExpectedObjects => (Nodes.Count * (long)ObjectsPerNode) + Menagerie.Count;

    public static void Fill(long objects)
    {
        int nodes = checked((int)(objects / ObjectsPerNode));
        Nodes.Capacity = nodes;
        for (int i = 0; i < nodes; i++)
        {
            Nodes.Add(new Node(i));
        }

        for (int i = 0; i < 1000; i++)
        {
            int number = i;
            Menagerie.Add(new Cell<int>(i));
            Menagerie.Add(new Cell<string>("shared"));
            Menagerie.Add(new Cell<Cell<Point>>(new(new(i, i))));
            Menagerie.Add(new Node.Nested());
            Menagerie.Add(new Point(i, i));
            Menagerie.Add(new Point[i % 7]);
            Menagerie.Add(new Node[i % 5]);
            Menagerie.Add(new Cell<int>[2, 2]);
            Menagerie.Add(new Dictionary<Point, Node.Nested> { [new(i, 0)] = new() });
            Menagerie.Add((Func<int>)(() => number));
            Menagerie.Add((Colour)(i % 3));
        }

        // What is measured is a service that has run for a while: everything in the oldest generation.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}

public sealed class Node(int number)
{
    public readonly byte[] Payload = new byte[64];
    public readonly string Name = number.ToString("D8");
    public readonly object Number = number;

    public sealed class Nested;
}

public sealed class Cell<T>(T value)
{
    public readonly T Value = value;
}

public readonly record struct Point(int X, int Y);

public enum Colour
{
    Red,
    Green,
    Blue,
}
