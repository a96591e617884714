using System.Text.Json;
using System.Text.RegularExpressions;
using LeakGallery.Hosting;

namespace Crm.Start;

internal sealed class Dictionary(int language)
{
    private readonly string[] _words = [.. Enumerable.Range(0, 1200).Select(i => $"word {i} of language {language}")];

    public int Count => _words.Length;
}

/// <summary>What is needed for the first time is made then, and stays: some seconds after the start everything has been needed once.</summary>
internal sealed class StartUp : IProgram
{
    private static readonly Lazy<Dictionary>[] Languages = [.. Enumerable.Range(0, 30).Select(i => new Lazy<Dictionary>(() => new Dictionary(i)))];
    private static readonly Regex?[] Patterns = new Regex?[20];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public int RequestsPerSecond => 10;

    public int Words { get; private set; }

    public void Serve(int number)
    {
        Words += Languages[number % Languages.Length].Value.Count;
        Patterns[number % Patterns.Length] ??= new Regex($"^[a-z]{{{number % 20}}}(foo|bar)+$", RegexOptions.Compiled);
        _ = Patterns[number % Patterns.Length]!.IsMatch("abcfoo");
        _ = JsonSerializer.Serialize(new { number, name = "x", when = DateOnly.MinValue }, Json);
    }
}
