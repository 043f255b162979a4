<!DOCTYPE html>
<html lang="ru">
  <head>
    <meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="htmx-config" content='{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,"historyEnabled":false,"attributesToSettle":["class","width","height"],"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}'>
<link rel="icon" type="image/svg+xml" href="/static/favicon.svg?v=e33f5bd4f118">
<script src="/static/js/theme_early.js?v=a05f4c5c7b11"></script>
<link rel="stylesheet" href="/static/css/tokens.css?v=475549f439a2">
<link rel="stylesheet" href="/static/css/app.css?v=107158fbca13">
<link rel="stylesheet" href="/static/css/icons.css?v=0b41a3f11049">
<link rel="stylesheet" href="/static/css/state.css?v=7e4c1493ddcd">
<link rel="stylesheet" href="/static/css/shell.css?v=9ff4cbb4f638">
<link rel="stylesheet" href="/static/css/table.css?v=2cc18e0374ab">
<link rel="stylesheet" href="/static/css/form.css?v=c8998bca958c">
<link rel="stylesheet" href="/static/css/matrix.css?v=c4b749b463be">
<link rel="stylesheet" href="/static/css/monitoring.css?v=9b9b1b75c89d">
<link rel="stylesheet" href="/static/css/chart.css?v=e074d46a6d1c">
<link rel="stylesheet" href="/static/css/assessment.css?v=a094b4bb1347">
<link rel="stylesheet" href="/static/css/framework.css?v=74d4bf75e5e1">
<link rel="stylesheet" href="/static/css/training.css?v=666c3213ad1f">
<link rel="stylesheet" href="/static/css/measures.css?v=0496a2863861">
<link rel="stylesheet" media="print" href="/static/css/print.css?v=d7fe142a5aeb">
    <title>Отчёты · Мониторинг ВСОКО</title>
  </head>
  <body data-user="1">
    <a class="skip" href="#main">Перейти к содержанию</a>
    <div class="shell">
      <aside class="sidebar" id="sidebar" aria-label="Разделы">
  <a class="brand" href="/"><svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><rect class="logo-ground" width="24" height="24" rx="6" /><path class="logo-line" d="m6 12.5 4 4L18 8" /></svg><span class="label">Мониторинг ВСОКО</span></a>
  <nav aria-label="Основные разделы" class="nav-place">
    <ul class="nav">
<li><a href="/" title="Моя работа" ><span class="icon icon-inbox" aria-hidden="true"></span><span class="label">Моя работа</span></a></li>
<li><a href="/orders/" title="Распоряжения" ><span class="icon icon-file-text" aria-hidden="true"></span><span class="label">Распоряжения</span></a></li>
<li><a href="/assignments/" title="Поручения" ><span class="icon icon-list-checks" aria-hidden="true"></span><span class="label">Поручения</span></a></li>
<li><a href="/monitoring-rounds/" title="Мониторинг ВСОКО" ><span class="icon icon-chart-column" aria-hidden="true"></span><span class="label">Мониторинг ВСОКО</span></a></li>
<li><a href="/assessments/" title="Листы оценки" ><span class="icon icon-clipboard-check" aria-hidden="true"></span><span class="label">Листы оценки</span></a></li>
<li><a href="/frameworks/" title="Наборы критериев" ><span class="icon icon-ruler" aria-hidden="true"></span><span class="label">Наборы критериев</span></a></li>
<li><a href="/staff-members/" title="Работники" ><span class="icon icon-id-card" aria-hidden="true"></span><span class="label">Работники</span></a></li>
<li><a href="/training-groups/" title="Обучение" ><span class="icon icon-graduation-cap" aria-hidden="true"></span><span class="label">Обучение</span></a></li>
<li><a href="/corrective-measures/" title="Недостатки и меры" ><span class="icon icon-wrench" aria-hidden="true"></span><span class="label">Недостатки и меры</span></a></li>
<li><a href="/org-units/" title="Организации" ><span class="icon icon-building-2" aria-hidden="true"></span><span class="label">Организации</span></a></li>
<li><a href="/reports/" title="Отчёты" aria-current="page"><span class="icon icon-file-spreadsheet" aria-hidden="true"></span><span class="label">Отчёты</span></a></li>
<li><a href="/users/" title="Пользователи" ><span class="icon icon-users" aria-hidden="true"></span><span class="label">Пользователи</span></a></li>
<li><a href="/journal/" title="Журнал" ><span class="icon icon-history" aria-hidden="true"></span><span class="label">Журнал</span></a></li>
    </ul>
  </nav>
  <div class="sidebar-foot">
    <button type="button" class="sidebar-fold" data-sidebar-fold aria-pressed="false"><span class="icon icon-panel-left" aria-hidden="true"></span><span class="label">Свернуть</span></button>
  </div>
</aside>
      <div class="frame">
<div class="demo-banner">Демонстрационные данные</div><header class="topbar">
  <button type="button" class="icon-button menu-button" data-drawer-open aria-controls="sidebar" aria-expanded="false" aria-label="Открыть разделы"><span class="icon icon-menu" aria-hidden="true"></span></button>
  <nav class="crumbs" aria-label="Где я">
    <ol>
<li><span aria-current="page">Отчёты</span></li>
    </ol>
  </nav>
    <form class="find" role="search" method="get" action="/search/">
      <label class="sr-only" for="search">Поиск</label>
      <span class="icon icon-search" aria-hidden="true"></span>
      <input type="search" id="search" name="q" value="" placeholder="Поиск" autocomplete="off" maxlength="200" aria-keyshortcuts="/">
      <kbd aria-hidden="true">/</kbd>
    </form>
    <a class="icon-button bell" href="/" aria-label="Ждёт моего внимания"><span class="icon icon-bell" aria-hidden="true"></span><span class="bell-count" hx-get="/counts" hx-trigger="load delay:200ms" hx-swap="innerHTML"></span></a>
  <details class="menu">
    <summary class="icon-button" aria-label="Фамилия-001 Имя: моё меню"><span class="icon icon-user" aria-hidden="true"></span></summary>
    <div class="menu-list">
      <div class="who"><strong>Фамилия-001 Имя</strong><br><span class="quiet small">Сахалинская область<br>администратор организации, исполнитель, координатор обучения, утверждающий</span></div>
<a class="item" href="/jobs/"><span class="icon icon-clock" aria-hidden="true"></span>Фоновые задания</a>      <div class="theme-switch" role="group" aria-label="Оформление">
    <button type="button" data-theme-set="auto" aria-pressed="true"><span class="icon icon-monitor" aria-hidden="true"></span>Системное</button>
    <button type="button" data-theme-set="light" aria-pressed="false"><span class="icon icon-sun" aria-hidden="true"></span>Светлое</button>
    <button type="button" data-theme-set="dark" aria-pressed="false"><span class="icon icon-moon" aria-hidden="true"></span>Тёмное</button>
  </div>
      <form method="post" action="/sign-out" data-sign-out>
        <input type="hidden" name="csrf_token" value="Ijk4MTU5OWQ4ZDY3ZDZiNDU1OGIyYTNkMzUyMzQ4YTYxMDFmNmQyYjEi.awKoLg.2JCwjkjckYKIkE3oSh3S3c0xhBs">
        <button type="submit" class="item"><span class="icon icon-log-out" aria-hidden="true"></span>Выйти</button>
      </form>
    </div>
  </details>
</header>        <main class="page" id="main" tabindex="-1">
          <div class="page-head">
            <div class="page-title">
              <h1>Отчёты</h1>
              <p class="lead">Готовые формы и реестры в Excel: в пределах вашей организации и нижестоящих, на сегодня или на прошедший день.</p>
            </div>
            <div class="primary-place"></div>
          </div>
          
<nav class="tabs" aria-label="Отчёты и обмен файлами">
<a href="/reports/" aria-current="page">Отчёты</a><a href="/imports/" >Загрузки</a><a href="/mailings/" >Рассылки</a><a href="/jobs/" >Задания</a>  </nav>  <div class="stack">
    <div class="columns">
        <section class="card padded stack tight">
          <h2>Исполнение распоряжения</h2>
          <p>Приложение к распоряжению: сводная таблица по муниципалитетам и пунктам, лист с каждым поручением, сроки, даты исполнения, просрочка, строки для подписи.</p>
          <form class="form" method="get" action="/reports/order-execution">
            <div class="field"><label for="order">Документ</label><select id="order" name="order" required><option value="4">приказ № ДЕМО-М-2026/1 от 03.11.2026</option><option value="3">распоряжение № ДЕМО-2026/1 от 08.10.2026</option><option value="2">письмо № ДЕМО-2026/3 от 09.02.2026</option><option value="1">распоряжение № 3.12-118-Р от 25.01.2023</option></select></div>
            <div class="field"><label for="annex-day">На дату <span class="optional">необязательно</span></label><input type="date" id="annex-day" name="on_day" max="2026-11-22"></div>
            <div class="button-row"><button class="button primary" type="submit"><span class="icon icon-download" aria-hidden="true"></span>Скачать</button></div>
          </form>
          <span class="quiet small">Вы ещё не формировали</span>
        </section>
        <section class="card padded stack tight">
          <h2>Результаты мониторинга</h2>
          <p>Приложение к циклу мониторинга ВСОКО: реестр листов, матрица организаций и критериев с цветами, свод по муниципалитетам, изменения после утверждения.</p>
          <form class="form" method="get" action="/reports/round-results">
            <div class="field"><label for="round">Цикл</label><select id="round" name="round" required><option value="2">Мониторинг ВСОКО 2026/2027 (демонстрационный)</option><option value="1">Мониторинг ВСОКО 2025/2026: шесть муниципалитетов (демонстрационный)</option></select></div>
            <div class="button-row"><button class="button primary" type="submit"><span class="icon icon-download" aria-hidden="true"></span>Скачать</button></div>
          </form>
          <span class="quiet small">Вы ещё не формировали</span>
        </section>
        <section class="card padded stack tight">
          <h2>Повышение квалификации</h2>
          <p>«Информация о повышении квалификации …»: охват по муниципалитетам и организациям, список тех, кто не обучен, строки для подписи.</p>
          <form class="form" method="get" action="/reports/training-coverage">
            <div class="field"><label for="requirement">Требование</label><select id="requirement" name="requirement" required><option value="4">Каждый директор и заместитель округа обучен по ВСОКО (демо)</option><option value="3">Директора обучены по вопросам ВСОКО: прошлый год (демо)</option><option value="1">Руководители ОО и (или) их заместители обучены по вопросам ВСОКО (демо)</option></select></div>
            <div class="button-row"><button class="button primary" type="submit"><span class="icon icon-download" aria-hidden="true"></span>Скачать</button></div>
          </form>
          <span class="quiet small">Вы ещё не формировали</span>
        </section>
      <section class="card padded stack tight">
        <h2>Сводная книга</h2>
        <p>Один файл, в котором каждый реестр на своём листе: распоряжения, поручения, мониторинг ВСОКО, листы оценки, наборы критериев, работники, обучение, слушатели, документы, охват обучением, программы, корректирующие меры, недостатки, подтверждения, организации, пользователи, журнал.</p>
        <form class="form" method="get" action="/reports/summary/export">
          <div class="field"><label for="summary-day">На дату <span class="optional">необязательно</span></label><input type="date" id="summary-day" name="on_day" max="2026-11-22"></div>
          <div class="button-row"><button class="button primary" type="submit"><span class="icon icon-download" aria-hidden="true"></span>Скачать</button></div>
        </form>
        <span class="quiet small">Вы ещё не формировали</span>
      </section>
    </div>
    <section class="card">
      <div class="card-head"><h2>Реестры</h2></div>
      <ul class="queue">
          <li>
            <a class="what" href="/orders/">Распоряжения</a>
            <span class="about">Распоряжения, приказы и письма: что поручено, кому, что исполнено. Столбцы: Вид, Номер, Дата, Заголовок, Кем выпущено, Состояние, Пунктов, Поручений, Исполнено, Просрочено.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/orders/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/assignments/">Поручения</a>
            <span class="about">Пункты распоряжений, данные организациям: срок, состояние, кто исполняет. Столбцы: Муниципалитет, Организация, Распоряжение, Пункт, Содержание, Вид требования, Срок, Состояние, Просрочено, Дата исполнения, Ответственный.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/assignments/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/monitoring-rounds/">Мониторинг ВСОКО</a>
            <span class="about">Циклы мониторинга: кто и до какого дня оценивает свою систему оценки качества, и что уже сдано. Столбцы: Цикл, Состояние, Кто проводит, Набор критериев, Основание, Начало, Срок сдачи, Приём закрыт, По разрешениям до, Листов, Не начали, На проверке, Принято и утверждено, С опозданием.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/monitoring-rounds/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/assessments/">Листы оценки</a>
            <span class="about">Кто и как оценил свою систему ВСОКО: состояние листа, результат, уровень. Столбцы: Муниципалитет, Организация, Цикл мониторинга, Состояние, Отвечено критериев, Всего критериев, Результат, %, Уровень, Срок сдачи, Впервые отправлен, С опозданием, Принят, Утверждён, Изменено после утверждения.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/assessments/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/frameworks/">Наборы критериев</a>
            <span class="about">По каким критериям, шкалам и уровням оценивается ВСОКО; опубликованный набор не меняется. Столбцы: Название, Редакция, Состояние, Критериев, Чей набор, Опубликован, Предупреждение.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/frameworks/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/staff-members/">Работники</a>
            <span class="about">Кто где работает, кем и чему обучен. СНИЛС и даты рождения в списках не показываются. Столбцы: Организация, Муниципалитет, ФИО, Вид должности, Должность, В должности с, В должности по, Почта, СНИЛС, Документов об обучении.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/staff-members/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/training-groups/">Обучение</a>
            <span class="about">Потоки обучения: когда, по какой программе, сколько мест свободно и до какого дня принимаются заявки. Столбцы: Поток, Состояние, Программа, Часов, Кто проводит, Начало, Окончание, Заявки до, Мест, Занято, Свободно, Лист ожидания, Форма, Место, Куратор.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/training-groups/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/enrolments/">Слушатели</a>
            <span class="about">Кто заявлен, зачислен, учится и завершил: по всем потокам, которые вам видны. Столбцы: Муниципалитет, Организация, Работник, Должность, Поток, Программа, Кто проводит, Начало, Окончание, Состояние, Заявлен, Зачислен, Приказ о зачислении, Результат, Оценка, Завершил, Выбыл, Причина.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/enrolments/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/certificates/">Документы</a>
            <span class="about">Удостоверения и дипломы работников: кем выданы, подтверждены ли, до какого дня действуют. Столбцы: Муниципалитет, Организация, Фамилия, имя, отчество, Вид документа, Серия, Номер, Рег. номер, Дата выдачи, Часов, Программа, Тема, Кем выдан, Обучение с, Обучение по, Имя в документе, Действует по, Состояние, Подтвердил, Замечание.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/certificates/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/training-requirements/">Охват обучением</a>
            <span class="about">Кого и к какому дню нужно обучить, сколько уже обучено и кто остался. Столбцы: Требование, Состояние, Кто поставил, Тема обучения, Должности, Что считается, С, Срок, Часов не менее, Прежние документы, Основание.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/training-requirements/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/programmes/">Программы</a>
            <span class="about">Чему и сколько часов учат: от разработки до согласования и федерального реестра, со сроками. Столбцы: Программа, Организация, Итоговый документ, Тема, Часов, Форма, Для кого, Состояние, Согласовать до, Отправлена, Согласована, Чем согласована, Внести в реестр до, Номер в реестре, Включена, Просрочено.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/programmes/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/corrective-measures/">Корректирующие меры</a>
            <span class="about">Что делается с недостатками: кто, до какого дня, чем подтверждено и помогло ли. Столбцы: Муниципалитет, Кто выполняет, Мера, Состояние, Приоритет, Ответственный, Должность, Начало, Срок, Контрольный показатель, Было, Цель, Стало, Ожидаемый результат, Выполнена, Что сделано, Подтверждена, Замечание, Вывод об эффективности, Кто запланировал.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/corrective-measures/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/findings/">Недостатки</a>
            <span class="about">Что не так, где это видно, почему так вышло и какие меры приняты. Столбцы: Муниципалитет, Организация, Критерий, Недостаток, Тяжесть, Где обнаружен, Цикл мониторинга, Основание, Причина, Обнаружен, Кто обнаружил, Мер, Состояние, Устранён, Кто закрыл, Чем закрыт.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/findings/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/evidence/">Подтверждения</a>
            <span class="about">Документы и ссылки, на которых держатся отчёты, ответы, меры: где приложены и до какого дня действуют. Столбцы: Муниципалитет, Организация, Документ, Вид, Номер, Дата, Действует по, Приложено, раз, Редакций файла, Ссылка.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/evidence/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/org-units/">Организации</a>
            <span class="about">Регион, муниципалитеты, школы и организации дополнительного профессионального образования. Столбцы: Вид, Наименование, Краткое наименование, Код, Муниципалитет, Действует с, Действует по, Сайт, Почта.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/org-units/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/users/">Пользователи</a>
            <span class="about">Кто в какой организации работает и что может: учётные записи вашей организации и нижестоящих. Столбцы: ФИО, Логин, Почта, Телефон, Организации и полномочия, Активен, Последний вход.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/users/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
          <li>
            <a class="what" href="/journal/">Журнал</a>
            <span class="about">Кто, когда и что изменил. Записи журнала не меняются и не удаляются. Столбцы: Когда, Кто, Организация автора, Запись, Действие, Примечание, Изменения.<br><span class="quiet small">Вы ещё не формировали</span></span>
            <span class="when button-row"><a class="button small" href="/journal/export"><span class="icon icon-download" aria-hidden="true"></span>Скачать</a></span>
          </li>
      </ul>
    </section>
  </div>
        </main>
      </div>
      <aside class="panel" id="panel" aria-label="Подробности" hidden></aside>
    </div>
    <div class="sr-only" id="announce" role="status" aria-live="polite"></div>
    <dialog class="confirm" id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text">
  <h2 id="confirm-title">Подтвердите действие</h2>
  <p id="confirm-text"></p>
  <div class="button-row">
    <button type="button" class="button" data-confirm-no>Отмена</button>
    <button type="button" class="button primary" data-confirm-yes>Продолжить</button>
  </div>
</dialog><script src="/static/vendor/htmx.min.js?v=d6fdc75f204e" defer></script>
<script type="module" src="/static/js/theme.js?v=351675c615fd"></script>
<script type="module" src="/static/js/drawer.js?v=fd5b9bfddb06"></script>
<script type="module" src="/static/js/menu.js?v=ae753e714012"></script>
<script type="module" src="/static/js/messages.js?v=9ee8f5c9885d"></script>
<script type="module" src="/static/js/confirm.js?v=7f53940aca79"></script>
<script type="module" src="/static/js/submit_once.js?v=9596b68811e5"></script>
<script type="module" src="/static/js/panel.js?v=f38aeb8a5bd8"></script>
<script type="module" src="/static/js/select_rows.js?v=8561be1ac4f8"></script>
<script type="module" src="/static/js/row_links.js?v=c47ed635967a"></script>
<script type="module" src="/static/js/quote_link.js?v=1a26025fce40"></script>
<script type="module" src="/static/js/matrix_keys.js?v=e5e48928c64f"></script>
<script type="module" src="/static/js/keep_typed.js?v=fb5652b6482b"></script>
<script type="module" src="/static/js/drop_zone.js?v=19d5ec0f6e73"></script>
<script type="module" src="/static/js/ordered.js?v=711a67abda44"></script>

  </body>
</html>