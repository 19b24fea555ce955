<?php
/** Administration page of a home router, repaired: the page's own calls, which no other page can make. */

const PASSWORD_HASH = '$2y$06$lOioeWpAaqcvCsET0GtiB.ZlMlrUaUm2uhL2E2wqT0UYL4FUl0XGG';

$settings_file = getenv('LAB_HOME') . '/settings.json';
$settings = is_file($settings_file)
    ? json_decode(file_get_contents($settings_file), true)
    : ['ssid' => 'Home-2F9C', 'passphrase' => 'velvet-anchor-20'];

session_name('SID');
session_start(['cookie_samesite' => 'Strict', 'cookie_httponly' => true, 'use_strict_mode' => true]);

function answer(int $status, ?array $body = null): void
{
    http_response_code($status);
    if ($body !== null) {
        header('Content-Type: application/json');
        echo json_encode($body);
    }
}

function save(array $settings): void
{
    file_put_contents($GLOBALS['settings_file'], json_encode($settings));
}

function signed_in(): bool
{
    if (empty($_SESSION['admin'])) {
        answer(401, ['error' => 'sign in first']);
        return false;
    }
    return true;
}

/** A page of another origin can send the form, but neither read the token nor set the header. */
function meant(): bool
{
    if (!signed_in()) {
        return false;
    }
    if (!hash_equals($_SESSION['csrf'], $_SERVER['HTTP_X_CSRF_TOKEN'] ?? '')) {
        answer(403, ['error' => 'reload the page']);
        return false;
    }
    return true;
}

switch ($_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case 'POST /api/login':
        if (!password_verify($_POST['password'] ?? '', PASSWORD_HASH)) {
            answer(403, ['error' => 'wrong password']);
            break;
        }
        session_regenerate_id(true);
        $_SESSION = ['admin' => true, 'csrf' => bin2hex(random_bytes(16))];
        answer(200, ['csrfToken' => $_SESSION['csrf']]);
        break;

    case 'GET /api/status':
        if (signed_in()) {
            answer(200, ['model' => 'HR-410', 'firmware' => '1.03.0', 'ssid' => $settings['ssid']]);
        }
        break;

    case 'POST /api/wifi':
        if (meant()) {
            save(['ssid' => $_POST['ssid'], 'passphrase' => $_POST['passphrase']] + $settings);
            answer(204);
        }
        break;

    default:
        answer(404, ['error' => 'no such page']);
}
