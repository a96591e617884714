using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LeakGallery.Hosting;

/// <summary>What every service does beside its purpose: parses, formats, logs, and drops all of it. Some 20 MB/s of garbage.</summary>
internal sealed class Chores(CancellationToken ending)
{
    private readonly Random _random = new(1);
    private readonly Queue<string> _recentLines = new();

    public void Start() => new Thread(Run) { IsBackground = true, Name = "chores" }.Start();

    private void Run()
    {
        do
        {
            for (var i = 0; i < 40; i++)
            {
                Parse();
                Log(Format(_random.Next()));
            }
        }
        while (!ending.WaitHandle.WaitOne(10));
    }

    private void Parse()
    {
        var text = JsonSerializer.Serialize(Enumerable.Range(0, 20).ToDictionary(i => $"field{i}", i => _random.NextDouble()));
        _ = JsonSerializer.Deserialize<Dictionary<string, double>>(text)!.Values.OrderDescending().First();
        _ = Regex.Match(text, "field1[0-9]").Value;
    }

    private static string Format(int number)
    {
        var line = new StringBuilder();
        for (var i = 0; i < 20; i++)
        {
            line.Append(number * i).Append(' ').Append(Convert.ToHexString(BitConverter.GetBytes(number)));
        }

        return line.ToString();
    }

    /// <summary>The last lines are kept for a page of the administration.</summary>
    private void Log(string line)
    {
        _recentLines.Enqueue(line);
        if (_recentLines.Count > 200)
        {
            _recentLines.Dequeue();
        }
    }
}
